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
  layers::BaseFiles files;              // of an image that lays anything on it
  std::string name = {};                // "host/repo:tag" of one from a registry; empty for one from disk
};

// Nothing for `scratch`. The layers of a base on disk are taken into the store as they are; those of one in a registry
// stay there until someone needs them (distant.hpp).
std::optional<BaseImage> load_base(const Context& context, const spec::Project& project, const spec::Image& image,
                                   const oci::Platform& platform, const store::Store& store);
// The file tree of a base alone, without a network, for checks. Nothing when the base lies in a registry, was not
// vendored, and no build has brought it into the store yet.
std::optional<layers::BaseFiles> known_base_files(const Context& context, const spec::Project& project,
                                                  const spec::Image& image, const oci::Platform& platform);
// Where a command that builds nothing may spool archives to: the store's folder for it, if there is a store already.
std::filesystem::path scratch(const Context& context);

}  // namespace lapstrake::app
