// Loads the base images of a spec.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <vector>

namespace lapstrake::app {

struct BaseImage {
  oci::LoadedImage image;
  std::vector<oci::Descriptor> layers;  // with OCI media types
  layers::BaseFiles files;              // of an image that lays anything on it
  oci::ImageReader reader = {};         // opens the layers of `image`; downloaded ones are kept in the store
  std::string name = {};                // "host/repo:tag" of one from a registry; empty for one from disk
};

// Nothing for `scratch`. The layers of a base on disk are copied into the store; the layers of a base in a registry
// stay there until they are needed (remote_layers.hpp).
std::optional<BaseImage> load_base(const Context& context, const spec::Project& project, const spec::Image& image,
                                   const oci::Platform& platform, const store::Store& store);
// The file tree of a base, without a network, for checks. Nothing if the base is in a registry, is not vendored, and
// was not read by an earlier build.
std::optional<layers::BaseFiles> known_base_files(const Context& context, const spec::Project& project,
                                                  const spec::Image& image, const oci::Platform& platform);

// Error{input} listing the bases of `images` that a build could not read; does nothing unless
// ConnectionSettings::offline.
void require_bases(const Context& context, const spec::Project& project, const std::vector<const spec::Image*>& images,
                   const store::Store& store);

}  // namespace lapstrake::app
