// Reuses layers from a cache in a registry, for machines with an empty store (`--cache-from`).
//
// A layer is read and hashed, and its diff_id is looked up in the cache. The blob is downloaded into the store and
// unpacked on the way. It is used only if it has the digest that the cache names, unpacks to the diff_id computed here,
// and is compressed as this program compresses it (layers::RepackCheck: framing exactly, chunks by sample). Builds
// without `--cache-from` never use it. Every problem with a cache is a warning, and the layer is compressed here.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <lapstrake/app/build/cache_manifest.hpp>
#include <lapstrake/app/connect/network.hpp>

namespace lapstrake::app {

// The caches for the layers of one image and platform. Safe to use from several threads.
class RegistryCache {
 public:
  RegistryCache(const Context& context, Network network, const spec::Image& image, const oci::Platform& platform);

  // A layer to look up.
  struct Wanted {
    const std::vector<layers::Entry>& entries;
    const layers::WriteOptions& options;
    std::string image{}, layer{};  // for messages
  };
  // The layer, its blob in the store; nothing if it must be built. Does not read `entries` if no cache can have it.
  std::optional<store::CachedLayer> find(const Context& context, const store::Store& store, const Wanted& wanted);

 private:
  struct Cache {
    oci::RegistryReference where;
    std::shared_ptr<const registry::Repository> repository;
    std::vector<CacheEntry> entries;
  };
  struct Candidate {
    const CacheEntry* entry;
    const Cache* cache;
  };
  void load(const Context& context);
  std::vector<Candidate> candidates(const Wanted& wanted) const;

  Network network_;
  std::vector<oci::RegistryReference> from_;
  std::mutex mutex_;
  bool is_loaded_ = false;
  std::vector<Cache> caches_;  // once loaded, they stay as they are
};

}  // namespace lapstrake::app
