// Layers that were built before, by their fingerprint (layers/fingerprint.hpp): so that what did not change is not
// read.
//
//   STORE/cache/layers/<hex of the fingerprint>    one layer's digests and sizes, with a check sum
//
// It costs time only: an entry that is damaged, or whose blob is gone, is no entry.
#pragma once
#include <cstdint>
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
// Removes the entries whose blob is not in the store; for gc.
void prune_layers(const std::filesystem::path& root);

}  // namespace lapstrake::store
