#include "closure.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/oci/seen_blobs.hpp>

namespace lapstrake::store {
namespace {

void collect(const oci::Descriptor& blob, const ReadText& text, std::uint64_t depth, oci::SeenBlobs& seen,
             std::vector<oci::Descriptor>& out) {
  if (!seen.add(blob.digest, depth)) return;
  if (oci::is_index(blob.media_type) || oci::is_manifest(blob.media_type)) seen.charge(blob);
  for (const auto& child : children(blob, text)) collect(child, text, depth + 1, seen, out);
  out.push_back(blob);
}

}  // namespace

std::vector<oci::Descriptor> children(const oci::Descriptor& blob, const ReadText& text) {
  const bool index = oci::is_index(blob.media_type);
  if (!index && !oci::is_manifest(blob.media_type)) return {};
  const std::string what = cat(index ? "the index " : "the manifest ", blob.digest.brief());
  if (index) return oci::parse_index(text(blob), blob.media_type, what).manifests;
  const auto manifest = oci::parse_manifest(text(blob), blob.media_type, what);
  std::vector<oci::Descriptor> out = manifest.layers;
  out.push_back(manifest.config);
  return out;
}

std::vector<oci::Descriptor> closure(const oci::Descriptor& root, const ReadText& text) {
  oci::SeenBlobs seen(root.digest.text(), limits::nested_indexes_of_store);
  std::vector<oci::Descriptor> out;
  collect(root, text, 0, seen, out);
  return out;
}

std::vector<oci::Descriptor> exported_blobs(const Store& store, const oci::Descriptor& root) {
  auto blobs = closure(root, store.reader(root.digest.text(), root).text);
  std::erase_if(blobs, [&](const oci::Descriptor& blob) { return !blob.urls.empty() && !store.has(blob); });
  return blobs;
}

}  // namespace lapstrake::store
