// From a spec's images to whole images in the store, and to the forms that other tools read.
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

// What an image has over its base, for one platform.
struct PlatformLayers {
  oci::Platform platform{};
  std::vector<store::CachedLayer> layers{};
};

struct BuiltImage {
  std::string name;
  oci::Descriptor root;                    // a manifest, or an index when there are several platforms
  std::vector<oci::Descriptor> manifests;  // one a platform, `platform` set
  // If Context::explain: one a platform (none for an image that was given), and of the last build's root its digest and
  // the platforms that it had and this one has not.
  std::vector<ImageStory> stories{};
  std::optional<oci::Digest> before{};
  std::vector<oci::Platform> platforms_gone{};
  std::vector<PlatformLayers> layers{};  // one a platform; none for an image that was given
};

// `-o TYPE:PATH[:TAG]`.
struct Output {
  oci::DiskReference where;
};

// The images named (all, if none), in the spec's order. Error{usage} for a name that is not there, with the nearest.
std::vector<const spec::Image*> choose_images(const spec::Project& project, const std::vector<std::string>& names);

// What the store calls the image: its repository tells the same names of two projects apart.
std::string ref_name(const spec::Image& image);

BuiltImage build_image(const Context& context, const spec::Project& project, const spec::Image& image,
                       const store::Store& store);

// The image that `--image` gives in place of this one, taken into the store; else built. Error{usage} for one that lies
// in a registry.
BuiltImage obtain_image(const Context& context, const spec::Project& project, const spec::Image& image,
                        const store::Store& store);

// Builds the images and writes the outputs; `each` is told every image as soon as it stands. Error{usage}, before
// anything is built, for outputs that cannot hold them.
std::vector<BuiltImage> build(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const std::vector<Output>& outputs,
                              const std::function<void(const BuiltImage&)>& each = nullptr);

}  // namespace lapstrake::app
