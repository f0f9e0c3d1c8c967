// The result of a build.
#pragma once
#include <lapstrake/app/build/explain.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <optional>
#include <string>
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
  // With BuildSettings::explain: one per platform (none for an image given by `--image`); the root digest of the last
  // build, and the platforms that only the last build had.
  std::vector<ImageChange> changes{};
  std::optional<oci::Digest> before{};
  std::vector<oci::Platform> platforms_gone{};
  std::vector<PlatformLayers> layers{};  // one per platform; none for an image given by `--image`
};

}  // namespace lapstrake::app
