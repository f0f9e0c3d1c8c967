// All blobs that an image or index refers to.
#pragma once
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/walk_image.hpp>
#include <lapstrake/store/store.hpp>
#include <vector>

namespace lapstrake::store {

// All blobs reachable from `root`, each digest once, references before their referrers, `root` last.
std::vector<oci::Descriptor> closure(const oci::Descriptor& root, const oci::ReadText& text);
// The blobs to export with the image `root` of `store`: layers and configs before manifests. Foreign layers that the
// store does not have are left out.
std::vector<oci::Descriptor> exported_blobs(const Store& store, const oci::Descriptor& root);

}  // namespace lapstrake::store
