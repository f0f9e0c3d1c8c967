// What leaves the store with an image.
#pragma once
#include <lapstrake/oci/image.hpp>
#include <lapstrake/store/store.hpp>
#include <vector>

namespace lapstrake::store {

// All that `root` reaches, layers and configs before manifests; foreign layers that the store does not have are left
// out.
std::vector<oci::Descriptor> outgoing_blobs(const Store& store, const oci::Descriptor& root);

}  // namespace lapstrake::store
