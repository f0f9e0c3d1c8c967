// Builds one layer from its entries into a blob in the store, in the fastest way: reuses the unchanged layer, reuses
// chunks of the previous build, downloads it from a registry cache, or writes it from scratch.
#pragma once
#include <chrono>
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

class RegistryCache;

struct LayerId {
  std::string image{};  // as the store calls it (ref_name)
  std::string platform{};
  std::string layer{};
  oci::Digest key() const;
};

struct LayerJob {
  LayerId id{};
  std::string image{};  // as the spec calls it
  const std::vector<layers::Entry>& entries;
  oci::Compression compression{};
  std::chrono::system_clock::time_point listed_at{};  // when the listing of `entries` began
  std::size_t memory = layers::most_memory;
  RegistryCache* cache = nullptr;  // where layers are looked for that were never built here
};

store::CachedLayer build_layer(const Context& context, const store::Store& store, const LayerJob& job);

}  // namespace lapstrake::app
