#include "outgoing.hpp"

#include "closure.hpp"

namespace lapstrake::store {

std::vector<oci::Descriptor> outgoing_blobs(const Store& store, const oci::Descriptor& root) {
  auto blobs = closure(root, store.reader(root.digest.text(), root).text);
  std::erase_if(blobs, [&](const oci::Descriptor& blob) { return !blob.urls.empty() && !store.has(blob); });
  return blobs;
}

}  // namespace lapstrake::store
