// What an image or index is made of.
#pragma once
#include <functional>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <vector>

namespace lapstrake::store {

using ReadText = std::function<std::string(const oci::Descriptor&)>;

// What a manifest or an index refers to itself; nothing for other blobs. Error{integrity} when it cannot be read.
std::vector<oci::Descriptor> children(const oci::Descriptor& blob, const ReadText& text);
// All that `root` reaches, each digest once, what is referred to before what refers to it, `root` last.
std::vector<oci::Descriptor> closure(const oci::Descriptor& root, const ReadText& text);
// The blobs to export with the image `root` of `store`: layers and configs before manifests. Foreign layers that the
// store does not have are left out.
std::vector<oci::Descriptor> exported_blobs(const Store& store, const oci::Descriptor& root);

}  // namespace lapstrake::store
