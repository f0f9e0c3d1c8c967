// Builds the images of a spec into the store and writes them to layouts and archives.
#pragma once
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/build/outputs.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// Builds the images and writes the outputs; calls `each` for every finished image. Error{usage}, before anything is
// built, for outputs that cannot hold the images.
std::vector<BuiltImage> build(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const std::vector<Output>& outputs,
                              const std::function<void(const BuiltImage&)>& each = nullptr);

}  // namespace lapstrake::app
