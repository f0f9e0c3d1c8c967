// // All blobs that an image or index refers to.
#pragma once
#include <functional>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <vector>

namespace lapstrake::store {

using ReadText = std::function<std::string(const oci::Descriptor&)>;

// The direct references of a manifest or an index; empty for other blobs. Error{integrity} when it cannot be read.
std::vector<oci::Descriptor> children(const oci::Descriptor& blob, const ReadText& text);
// All blobs reachable from `root`, each digest once, references before their referrers, `root` last.
std::vector<oci::Descriptor> closure(const oci::Descriptor& root, const ReadText& text);
// The blobs to export with the image `root` of `store`: layers and configs before manifests. Foreign layers that the
// store does not have are left out.
std::vector<oci::Descriptor> exported_blobs(const Store& store, const oci::Descriptor& root);

}  // namespace lapstrake::store
