// Layers that were built before, by their fingerprint (layers/fingerprint.hpp): so that what did not change is not
// read.
//
//   STORE/cache/layers/<hex of the fingerprint>   one layer's digests and sizes, with a check sum
//   STORE/cache/places/<hex of the place>         the digest of the blob that was last built for it
//   STORE/cache/indexes/<hex of the blob>         its pieces (layers/layer_index.hpp)
//   STORE/cache/inventories/<hex of the blob>     its entries (layers/inventory.hpp)
//
// It costs time only: an entry that is damaged, or whose blob is gone, is no entry.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/layers/inventory.hpp>
#include <lapstrake/layers/layer_index.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>

namespace lapstrake::store {

struct CachedLayer {
  oci::Digest diff_id;
  oci::Descriptor blob;
  std::uint64_t tar_size = 0;
};

std::optional<CachedLayer> find_layer(const Store& store, const oci::Digest& fingerprint);
// A store that cannot be written keeps nothing, silently.
void keep_layer(const Store& store, const oci::Digest& fingerprint, const CachedLayer& layer);

// The layer that was last built for `slot` (image, platform and layer name, hashed), with what is known of its pieces:
// for a build that differs a little. Nothing when any of it is gone or damaged.
std::optional<layers::PreviousLayer> find_previous_layer(const Store& store, const oci::Digest& slot);
void keep_index(const Store& store, const oci::Digest& blob, const layers::LayerIndex& index);
// From now on `blob` is the layer that was last built for `slot`.
void keep_last_built(const Store& store, const oci::Digest& slot, const oci::Digest& blob);
// The blob that was last built for `slot`, whether it is still there or not.
std::optional<oci::Digest> last_built(const Store& store, const oci::Digest& slot);

// What the layer held (layers/inventory.hpp). `write` is handed the file's sink.
void keep_inventory(const Store& store, const oci::Digest& blob, const std::function<void(const Sink&)>& write);
std::optional<layers::Inventory> find_inventory(const Store& store, const oci::Digest& blob);

// Removes all that is about blobs that are not in the store; for gc.
void prune_layers(const std::filesystem::path& root);

}  // namespace lapstrake::store
