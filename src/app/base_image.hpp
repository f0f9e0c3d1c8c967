// The image that an image is built on.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <vector>

namespace lapstrake::app {

struct BaseImage {
  oci::LoadedImage image;
  std::vector<oci::Descriptor> layers;  // with OCI media types
  layers::BaseFiles files;
};

// Nothing for `scratch`. The base's layers are taken into the store as they are.
std::optional<BaseImage> load_base(const Context& context, const spec::Image& image, const oci::Platform& platform,
                                   const store::Store& store);
// The file tree of a base alone, for checks.
layers::BaseFiles base_files(const Context& context, const spec::Image& image, const oci::Platform& platform);
// Where a command that builds nothing may spool archives to: the store's folder for it, if there is a store already.
std::filesystem::path scratch(const Context& context);

// The place of a base. Error{usage} for registries, for now.
// `scratch`: where a compressed archive may be spooled to (no name, gone with the place).
oci::Place base_place(const spec::Image& image, const std::filesystem::path& scratch, const std::stop_token& stop);

}  // namespace lapstrake::app
