// `--cache-to`: saves the layers of a build in a registry for other machines.
#pragma once
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <vector>

namespace lapstrake::app {

// Saves the layers of an image that was just built to `context.cache.to`, if that is set. `pushed_to`: a repository
// that already has them.
void save_to_cache(const Context& context, const Network& network, const store::Store& store, const spec::Image& image,
                   const std::vector<PlatformLayers>& layers,
                   const std::optional<oci::RegistryReference>& pushed_to = std::nullopt);

}  // namespace lapstrake::app
