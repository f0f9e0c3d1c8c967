// The cache of built layers by fingerprint (layers/fingerprint.hpp), so that unchanged files are not read again.
//
//   STORE/cache/layers/<hex of the fingerprint>   one layer's digests and sizes, with a checksum
//   STORE/cache/places/<hex of the slot>          the digest of the blob that was last built for it
//   STORE/cache/indexes/<hex of the blob>         its pieces (layers/layer_index.hpp)
//   STORE/cache/inventories/<hex of the blob>     its entries (layers/inventory.hpp)
//
// Losing it costs only time. Entries that are damaged, or whose blob is missing, are ignored.
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
// Does nothing when the store is not writable.
void keep_layer(const Store& store, const oci::Digest& fingerprint, const CachedLayer& layer);

// The layer that was last built for `slot` (the hash of image, platform and layer name), with the index of its pieces,
// whose unchanged ones the next build reuses. nullopt when blob or index are missing or damaged.
std::optional<layers::PreviousLayer> find_previous_layer(const Store& store, const oci::Digest& slot);
void keep_index(const Store& store, const oci::Digest& blob, const layers::LayerIndex& index);
// Records `blob` as the layer that was last built for `slot`.
void keep_last_built(const Store& store, const oci::Digest& slot, const oci::Digest& blob);
// The blob that was last built for `slot`; it may be gone.
std::optional<oci::Digest> last_built(const Store& store, const oci::Digest& slot);

// The entries of the layer (layers/inventory.hpp). `write` gets the file's sink.
void keep_inventory(const Store& store, const oci::Digest& blob, const std::function<void(const Sink&)>& write);
std::optional<layers::Inventory> find_inventory(const Store& store, const oci::Digest& blob);

// Removes entries of blobs that are not in the store; for gc.
void prune_layers(const std::filesystem::path& root);

}  // namespace lapstrake::store
