#include "manifests.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

namespace lapstrake::app {
namespace {

registry::PushedManifest manifest_of(const oci::Place& place, const oci::Descriptor& descriptor) {
  registry::PushedManifest pushed{.descriptor = descriptor, .text = place.text(descriptor), .blobs = {}};
  const auto manifest =
      oci::parse_manifest(pushed.text, descriptor.media_type, "the manifest " + descriptor.digest.text());
  pushed.blobs = manifest.layers;
  pushed.blobs.insert(pushed.blobs.begin(), manifest.config);
  return pushed;
}

std::vector<oci::Descriptor> children_of(const oci::Place& place, const oci::Descriptor& index) {
  return oci::parse_index(place.text(index), index.media_type, cat("the index of `", place.name, "`")).manifests;
}

}  // namespace

std::vector<registry::PushedManifest> manifests_of(const oci::Place& place, const oci::Descriptor& root) {
  if (!oci::is_index(root.media_type)) return {manifest_of(place, root)};
  std::vector<registry::PushedManifest> all;
  for (const auto& child : children_of(place, root))
    for (auto& manifest : manifests_of(place, child)) all.push_back(std::move(manifest));
  all.push_back({.descriptor = root, .text = place.text(root), .blobs = {}});
  return all;
}

std::vector<oci::Platform> platforms_of(const oci::Place& place, const oci::Descriptor& root) {
  if (!oci::is_index(root.media_type)) {
    const auto manifest =
        oci::parse_manifest(place.text(root), root.media_type, cat("the manifest of `", place.name, "`"));
    return {oci::parse_config(place.text(manifest.config), cat("the config of `", place.name, "`")).platform};
  }
  std::vector<oci::Platform> platforms;
  for (const auto& child : children_of(place, root)) {
    if (oci::is_index(child.media_type))
      for (auto& platform : platforms_of(place, child)) platforms.push_back(std::move(platform));
    else if (child.platform && child.platform->os != "unknown")
      platforms.push_back(*child.platform);
  }
  return platforms;
}

}  // namespace lapstrake::app
