// Builds the images of a spec into the store and writes them to layouts and archives.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/explain.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// The layers of an image over its base, for one platform.
struct PlatformLayers {
  oci::Platform platform{};
  std::vector<store::CachedLayer> layers{};
};

struct BuiltImage {
  std::string name;
  oci::Descriptor root;                    // a manifest, or an index when there are several platforms
  std::vector<oci::Descriptor> manifests;  // one per platform, with `platform` set
  // With Context::explain: one per platform (none for an image given by `--image`); the root digest of the last build,
  // and the platforms that only the last build had.
  std::vector<ImageChange> changes{};
  std::optional<oci::Digest> before{};
  std::vector<oci::Platform> platforms_gone{};
  std::vector<PlatformLayers> layers{};  // one per platform; none for an image given by `--image`
};

// `-o TYPE:PATH[:TAG]`.
struct Output {
  oci::DiskReference where;
};

// The named images (all if no name is given), in the order of the spec. Error{usage} for an unknown name, with the
// closest name.
std::vector<const spec::Image*> choose_images(const spec::Project& project, const std::vector<std::string>& names);

// The name of the image's ref in the store. It includes the repository, so that equal names in two projects differ.
std::string ref_name(const spec::Image& image);

BuiltImage build_image(const Context& context, const spec::Project& project, const spec::Image& image,
                       const store::Store& store);

// The image that `--image` names instead, copied into the store; otherwise builds it. Error{usage} if `--image` names
// an image in a registry.
BuiltImage build_or_load_image(const Context& context, const spec::Project& project, const spec::Image& image,
                               const store::Store& store);

// Builds the images and writes the outputs; calls `each` for every finished image. Error{usage}, before anything is
// built, for outputs that cannot hold the images.
std::vector<BuiltImage> build(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const std::vector<Output>& outputs,
                              const std::function<void(const BuiltImage&)>& each = nullptr);

}  // namespace lapstrake::app
