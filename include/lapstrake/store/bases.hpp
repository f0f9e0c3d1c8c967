// What is remembered of base images: what their names in registries were last found to be, which files their layers
// make when they are laid on one another, and where a layer can be had that the store itself need not keep.
//
//   STORE/cache/bases/<hex of the name's digest>     the descriptor of a manifest or index
//   STORE/cache/trees/<hex of the layers' digests'>  the layers' digests and sizes, and any bytes
//   (layers/base_files.hpp) STORE/cache/origins/<hex of a layer's blob>      "host/repo", which has it
//
// All but the last have a check sum of some kind, since what is damaged must be no entry; what comes from an origin is
// verified. They cost time only: the next build of an image notes all of it again. A tag may have moved since. Origins
// are part of the store: without them it lacks the layers that it leaves in their registries.
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
// A store that cannot be written keeps nothing, silently.
void keep_base(const Store& store, const std::string& name, const oci::Descriptor& root);

// `layers`: the lowest first. The bytes are not verified here.
std::optional<std::string> find_tree(const Store& store, const std::vector<oci::Descriptor>& layers);
void keep_tree(const Store& store, const std::vector<oci::Descriptor>& layers,
               const std::function<void(const Sink&)>& write);

// A repository (no tag, no digest) that had the blob. A blob that the store lacks and that has one is not missing.
std::optional<oci::RegistryReference> find_origin(const Store& store, const oci::Digest& blob);
// Synced. Error{input} when it cannot be written.
void keep_origin(const Store& store, const oci::Digest& blob, const oci::RegistryReference& where);

// Removes what is about none of these; for gc. `chains`: the layers of images, the lowest first.
struct BasesInUse {
  std::set<oci::Digest> manifests{}, blobs{};
  std::vector<std::vector<oci::Descriptor>> chains{};
};
void prune_bases(const Store& store, const BasesInUse& used);
// The manifests and configs of those that are remembered, which the store has: those of `manifests` and what leads to
// them.
std::set<oci::Digest> blobs_of_bases(const Store& store, const std::set<oci::Digest>& manifests);

}  // namespace lapstrake::store
