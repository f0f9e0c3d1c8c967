// Cached facts about base images: the last known digests of their names, the merged file trees of their layers, and the
// registries of layers that the store need not keep.
//
//   STORE/cache/bases/<hex of the name's digest>     the descriptor of a manifest or index
//   STORE/cache/trees/<hex of the layers' digests'>  the layers' digests and sizes, and any bytes
//                                                    (layers/base_files.hpp)
//   STORE/cache/origins/<hex of a layer's blob>      "host/repo", which has it
//
// The first two have a checksum, so that damaged entries are ignored, and losing them costs only time: the next build
// saves them again. A tag may have moved since. Origins are part of the store: without them it lacks the layers that it
// leaves in registries. Layers from an origin are verified when they are read.
#pragma once
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::store {

// `name`: "host/repo:tag" or "host/repo@sha256:...".
std::optional<oci::Descriptor> find_base(const Store& store, const std::string& name);
// Does nothing when the store is not writable.
void keep_base(const Store& store, const std::string& name, const oci::Descriptor& root);

// `layers`: the lowest first. The bytes are not verified here.
std::optional<std::string> find_tree(const Store& store, const std::vector<oci::Descriptor>& layers);
void keep_tree(const Store& store, const std::vector<oci::Descriptor>& layers,
               const std::function<void(const Sink&)>& write);

// A repository (no tag, no digest) that had the blob. A blob with an origin does not count as missing from the store.
std::optional<oci::RegistryReference> find_origin(const Store& store, const oci::Digest& blob);
// Synced. Error{input} when it cannot be written.
void keep_origin(const Store& store, const oci::Digest& blob, const oci::RegistryReference& where);

// Removes entries that refer to none of these; for gc. `chains`: the layers of images, the lowest first.
struct BasesInUse {
  std::set<oci::Digest> manifests{}, blobs{};
  std::vector<std::vector<oci::Descriptor>> chains{};
};
void prune_bases(const Store& store, const BasesInUse& used);
// The cached manifests, configs and indexes that the store has: those in `manifests` and those that refer to them.
std::set<oci::Digest> blobs_of_bases(const Store& store, const std::set<oci::Digest>& manifests);

}  // namespace lapstrake::store
