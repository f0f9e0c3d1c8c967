#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/seen_blobs.hpp>
#include <lapstrake/oci/walk_image.hpp>

namespace lapstrake::oci {
namespace {

class ImageWalk {
 public:
  ImageWalk(const std::string& name, const Descriptor& root, const ReadText& read, const ImageVisitor& visitor)
      : name_(name),
        root_(root),
        visitor_(visitor),
        seen_(name.empty() ? root.digest.text() : name),
        read_([&](const Descriptor& blob) {
          seen_.charge(blob);
          return read(blob);
        }) {}

  // `depth`: the number of indexes above it.
  void visit(const Descriptor& descriptor, std::uint64_t depth) {
    try {
      if (!seen_.add(descriptor.digest)) return;
      WalkedBlob blob{.descriptor = descriptor, .read = read_};
      parse(blob, depth);
      for (const auto& child : blob.references())
        if (!visitor_.follow || visitor_.follow(child, blob)) visit(child, depth + 1);
      visitor_.leave(blob);
    } catch (const Error& error) {
      if (!visitor_.failed) throw;
      visitor_.failed(descriptor, error);
    }
  }

 private:
  void parse(WalkedBlob& blob, std::uint64_t depth) {
    const Descriptor& descriptor = blob.descriptor;
    const std::string& type = descriptor.media_type;
    const bool index = is_index(type);
    if (!index && !is_manifest(type) && (visitor_.allow_blob_as_root || descriptor.digest != root_.digest)) return;
    if (index) seen_.expect_depth(depth + 1);
    blob.text = read_(descriptor);
    const auto what = cat(index ? "the index " : "the manifest ", descriptor.digest.brief(),
                          name_.empty() ? std::string() : cat(" of `", name_, "`"));
    if (index)
      blob.index = parse_index(blob.text, type, what);
    else
      blob.manifest = parse_manifest(blob.text, type, what);
  }

  const std::string& name_;
  const Descriptor& root_;
  const ImageVisitor& visitor_;
  SeenBlobs seen_;
  ReadText read_;
};

}  // namespace

std::vector<Descriptor> WalkedBlob::references() const {
  if (index) return index->manifests;
  if (!manifest) return {};
  auto out = manifest->layers;
  out.push_back(manifest->config);
  return out;
}

void walk_image(const std::string& name, const Descriptor& root, const ReadText& read, const ImageVisitor& visitor) {
  ImageWalk(name, root, read, visitor).visit(root, 0);
}

}  // namespace lapstrake::oci
