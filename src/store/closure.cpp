#include "closure.hpp"

namespace lapstrake::store {

std::vector<oci::Descriptor> closure(const oci::Descriptor& root, const oci::ReadText& text) {
  std::vector<oci::Descriptor> out;
  oci::walk_image(
      "", root, text,
      {.leave = [&](const oci::WalkedBlob& blob) { out.push_back(blob.descriptor); }, .allow_blob_as_root = true});
  return out;
}

std::vector<oci::Descriptor> exported_blobs(const Store& store, const oci::Descriptor& root) {
  auto blobs = closure(root, store.reader(root.digest.text(), root).text);
  std::erase_if(blobs, [&](const oci::Descriptor& blob) { return !blob.urls.empty() && !store.has(blob); });
  return blobs;
}

}  // namespace lapstrake::store
