// `--cache-from` and `--cache-to`: layers that another machine compressed, for one whose disk is empty.
//
// A layer is read and hashed, and the cache is asked for its diff_id. What it has is taken into the store, and unpacked
// on its way: only a blob that has the digest that the cache names, unpacks to the diff_id that was computed here, and
// is compressed as this program compresses it (layers::RepackCheck: framing exactly, pieces by sample) is taken. Builds
// without `--cache-from` never use it. All that is wrong with a cache is a warning, and the layer is compressed here.
#pragma once
#include <lapstrake/app/build.hpp>
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

#include "cache_manifest.hpp"
#include "network.hpp"

namespace lapstrake::app {

// The caches that one image's layers for one platform may be taken from. Safe to use from several threads.
class RegistryCache {
 public:
  RegistryCache(const Context& context, Network network, const spec::Image& image, const oci::Platform& platform);

  // What the caches are asked for.
  struct Wanted {
    const std::vector<layers::Entry>& entries;
    const layers::WriteOptions& options;
    std::string image{}, layer{};  // for what is told
  };
  // The layer, its blob in the store; nothing when it must be made. Does not read `entries` when no cache can have it.
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

// Brings the layers of an image that was just built into `context.cache_to`, if that is set. `pushed_to`: where the
// registry has them already.
void keep_in_registry(const Context& context, const Network& network, const store::Store& store,
                      const spec::Image& image, const std::vector<PlatformLayers>& layers,
                      const std::optional<oci::RegistryReference>& pushed_to = std::nullopt);

}  // namespace lapstrake::app
