#include <lapstrake/app/images/manifests.hpp>

#include <algorithm>
#include <iterator>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/walk_image.hpp>

namespace lapstrake::app {
namespace {

bool has_text(const oci::Descriptor& blob) {
  return oci::is_manifest(blob.media_type) || oci::is_index(blob.media_type);
}

// Entries of an index that are neither manifests nor indexes belong to it as blobs (image-index.md: other media types
// MUST NOT be an error).
std::vector<oci::Descriptor> blobs_of(const oci::WalkedBlob& blob) {
  auto blobs = blob.references();
  if (blob.manifest)
    std::rotate(blobs.begin(), std::prev(blobs.end()), blobs.end());  // the config first
  else
    std::erase_if(blobs, has_text);
  return blobs;
}

void add_platform(std::vector<oci::Platform>& all, const oci::Platform& platform, const std::string& name) {
  if (std::ranges::count(all, platform) != 0) return;
  if (all.size() == limits::platforms)
    throw Error(ErrorKind::integrity, cat("`", name, "` has more than ", limits::platforms, " platforms"));
  all.push_back(platform);
}

}  // namespace

std::vector<registry::PushedManifest> manifests_of(const oci::ImageReader& reader, const oci::Descriptor& root) {
  std::vector<registry::PushedManifest> all;
  oci::walk_image(reader.name, root, reader.text,
                  {.leave =
                       [&](oci::WalkedBlob& blob) {
                         all.push_back({.descriptor = blob.descriptor, .text = blob.text, .blobs = blobs_of(blob)});
                       },
                   .follow = [](const oci::Descriptor& child,
                                const oci::WalkedBlob& parent) { return parent.index && has_text(child); }});
  return all;
}

std::vector<oci::Platform> platforms_of(const oci::ImageReader& reader, const oci::Descriptor& root) {
  std::vector<oci::Platform> all;
  const auto leave = [&](oci::WalkedBlob& blob) {
    if (!blob.manifest || !oci::is_config(blob.manifest->config.media_type)) return;  // an artifact
    const auto config = oci::parse_config(blob.read(blob.manifest->config), cat("the config of `", reader.name, "`"));
    add_platform(all, config.platform, reader.name);
  };
  const auto follow = [&](const oci::Descriptor& child, const oci::WalkedBlob& parent) {
    if (!parent.index) return false;
    if (oci::is_index(child.media_type) || !child.platform) return has_text(child);
    if (child.platform->os != "unknown") add_platform(all, *child.platform, reader.name);
    return false;
  };
  oci::walk_image(reader.name, root, reader.text, {.leave = leave, .follow = follow});
  if (all.empty() && !oci::is_index(root.media_type))
    throw Error(ErrorKind::input, cat("`", reader.name, "` is not a container image"));
  return all;
}

}  // namespace lapstrake::app
