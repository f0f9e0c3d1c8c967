#include <lapstrake/app/images/manifests.hpp>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/seen_blobs.hpp>
#include <set>

namespace lapstrake::app {
namespace {

class Walk {
 public:
  explicit Walk(const oci::ImageReader& reader) : reader_(reader), seen_(reader.name) {}

  std::vector<registry::PushedManifest> run(const oci::Descriptor& root) {
    visit(root, 0);
    return std::move(all_);
  }

 private:
  void visit(const oci::Descriptor& descriptor, std::uint64_t depth) {
    if (!seen_.add(descriptor.digest, depth)) return;
    seen_.charge(descriptor);
    registry::PushedManifest pushed{.descriptor = descriptor, .text = reader_.text(descriptor), .blobs = {}};
    pushed.blobs = oci::is_index(descriptor.media_type) ? visit_children(pushed, depth) : parts_of(pushed);
    all_.push_back(std::move(pushed));
  }

  // What is no manifest itself belongs to the index like a blob (image-index.md: media types beyond these two MUST NOT
  // be an error).
  std::vector<oci::Descriptor> visit_children(const registry::PushedManifest& index, std::uint64_t depth) {
    std::vector<oci::Descriptor> blobs;
    const auto name = cat("the index ", index.descriptor.digest.text(), " of `", reader_.name, "`");
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

  const oci::ImageReader& reader_;
  oci::SeenBlobs seen_;
  std::vector<registry::PushedManifest> all_;
};

class PlatformWalk {
 public:
  explicit PlatformWalk(const oci::ImageReader& reader) : reader_(reader), seen_(reader.name) {}

  // In the order of the index, each once.
  std::vector<oci::Platform> run(const oci::Descriptor& root) {
    add_index(root, 1);
    return std::move(all_);
  }
  std::optional<oci::Platform> stated(const oci::Descriptor& descriptor) {
    const auto manifest =
        oci::parse_manifest(text_of(descriptor), descriptor.media_type, cat("the manifest of `", reader_.name, "`"));
    const auto& type = manifest.config.media_type;
    if (type != oci::media_type::config && type != oci::media_type::docker_config) return std::nullopt;  // an artifact
    return oci::parse_config(text_of(manifest.config), cat("the config of `", reader_.name, "`")).platform;
  }

 private:
  void add_index(const oci::Descriptor& descriptor, std::uint64_t depth) {
    if (!seen_.add(descriptor.digest, depth)) return;
    const auto index =
        oci::parse_index(text_of(descriptor), descriptor.media_type, cat("the index of `", reader_.name, "`"));
    for (const auto& child : index.manifests) {
      if (oci::is_index(child.media_type)) {
        add_index(child, depth + 1);
      } else if (child.platform) {
        if (child.platform->os != "unknown") add(*child.platform);
      } else if (oci::is_manifest(child.media_type)) {
        if (const auto platform = stated(child)) add(*platform);
      }
    }
  }
  void add(const oci::Platform& platform) {
    if (!seen_platforms_.insert(platform).second) return;
    if (all_.size() == limits::platforms)
      throw Error(ErrorKind::integrity, cat("`", reader_.name, "` has more than ", limits::platforms, " platforms"));
    all_.push_back(platform);
  }
  std::string text_of(const oci::Descriptor& descriptor) {
    seen_.charge(descriptor);
    return reader_.text(descriptor);
  }

  const oci::ImageReader& reader_;
  oci::SeenBlobs seen_;
  std::set<oci::Platform> seen_platforms_;
  std::vector<oci::Platform> all_;
};

}  // namespace

std::vector<registry::PushedManifest> manifests_of(const oci::ImageReader& reader, const oci::Descriptor& root) {
  return Walk(reader).run(root);
}

std::vector<oci::Platform> platforms_of(const oci::ImageReader& reader, const oci::Descriptor& root) {
  if (!oci::is_index(root.media_type)) {
    if (const auto platform = PlatformWalk(reader).stated(root)) return {*platform};
    throw Error(ErrorKind::input, cat("`", reader.name, "` is not a container image"));
  }
  return PlatformWalk(reader).run(root);
}

}  // namespace lapstrake::app
