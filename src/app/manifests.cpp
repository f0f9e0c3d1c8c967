#include "manifests.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <set>

namespace lapstrake::app {
namespace {

// Real indexes are one in another at most, and of some kilobytes; what is far beyond is made to cost memory.
constexpr int most_nested = 4;
constexpr std::uint64_t most_text = 64u << 20;

class Walk {
 public:
  explicit Walk(const oci::Place& place) : place_(place) {}

  std::vector<registry::PushedManifest> run(const oci::Descriptor& root) {
    visit(root, 0);
    return std::move(all_);
  }

 private:
  void visit(const oci::Descriptor& descriptor, int depth) {
    if (!seen_.insert(descriptor.digest).second) return;
    if (depth > most_nested)
      throw Error(Fault::integrity, cat("`", place_.name, "` has indexes nested deeper than ", most_nested, " levels"));
    registry::PushedManifest pushed{.descriptor = descriptor, .text = text_of(descriptor), .blobs = {}};
    pushed.blobs = oci::is_index(descriptor.media_type) ? visit_children(pushed, depth) : parts_of(pushed);
    all_.push_back(std::move(pushed));
  }

  std::string text_of(const oci::Descriptor& descriptor) {
    if (descriptor.size > most_text - size_)
      throw Error(Fault::integrity,
                  cat("the manifests of `", place_.name, "` are longer than ", human_size(most_text)));
    size_ += descriptor.size;
    return place_.text(descriptor);
  }

  // What is no manifest itself belongs to the index like a blob (image-index.md: media types beyond these two MUST NOT
  // be an error).
  std::vector<oci::Descriptor> visit_children(const registry::PushedManifest& index, int depth) {
    std::vector<oci::Descriptor> blobs;
    const auto name = cat("the index ", index.descriptor.digest.text(), " of `", place_.name, "`");
    for (const auto& child : oci::parse_index(index.text, index.descriptor.media_type, name).manifests) {
      if (oci::is_manifest(child.media_type) || oci::is_index(child.media_type))
        visit(child, depth + 1);
      else
        blobs.push_back(child);
    }
    return blobs;
  }

  std::vector<oci::Descriptor> parts_of(const registry::PushedManifest& pushed) const {
    auto manifest = oci::parse_manifest(pushed.text, pushed.descriptor.media_type,
                                        cat("the manifest ", pushed.descriptor.digest.text()));
    auto blobs = std::move(manifest.layers);
    blobs.insert(blobs.begin(), manifest.config);
    return blobs;
  }

  const oci::Place& place_;
  std::set<oci::Digest> seen_;
  std::uint64_t size_ = 0;
  std::vector<registry::PushedManifest> all_;
};

std::optional<oci::Platform> stated_platform(const oci::Place& place, const oci::Descriptor& descriptor) {
  const auto manifest =
      oci::parse_manifest(place.text(descriptor), descriptor.media_type, cat("the manifest of `", place.name, "`"));
  const auto& type = manifest.config.media_type;
  if (type != oci::media_type::config && type != oci::media_type::docker_config) return std::nullopt;  // an artifact
  return oci::parse_config(place.text(manifest.config), cat("the config of `", place.name, "`")).platform;
}

void add_platforms(const oci::Place& place, const oci::Descriptor& descriptor, int depth,
                   std::vector<oci::Platform>& out) {
  if (depth > most_nested)
    throw Error(Fault::integrity, cat("`", place.name, "` has indexes nested deeper than ", most_nested, " levels"));
  const auto index =
      oci::parse_index(place.text(descriptor), descriptor.media_type, cat("the index of `", place.name, "`"));
  for (const auto& child : index.manifests) {
    if (oci::is_index(child.media_type)) {
      add_platforms(place, child, depth + 1, out);
    } else if (child.platform) {
      if (child.platform->os != "unknown") out.push_back(*child.platform);
    } else if (oci::is_manifest(child.media_type)) {
      if (const auto platform = stated_platform(place, child)) out.push_back(*platform);
    }
  }
}

}  // namespace

std::vector<registry::PushedManifest> manifests_of(const oci::Place& place, const oci::Descriptor& root) {
  return Walk(place).run(root);
}

std::vector<oci::Platform> platforms_of(const oci::Place& place, const oci::Descriptor& root) {
  if (!oci::is_index(root.media_type)) {
    if (const auto platform = stated_platform(place, root)) return {*platform};
    throw Error(Fault::input, cat("`", place.name, "` is not a container image"));
  }
  std::vector<oci::Platform> platforms;
  add_platforms(place, root, 1, platforms);
  return platforms;
}

}  // namespace lapstrake::app
