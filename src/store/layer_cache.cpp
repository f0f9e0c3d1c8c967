#include <fcntl.h>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/cache_entries.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <nlohmann/json.hpp>

#include "layout_files.hpp"

namespace lapstrake::store {
namespace {

std::string written(const CachedLayer& layer) {
  const nlohmann::ordered_json body{
      {"diffId", layer.diff_id.text()}, {"blob", oci::to_json(layer.blob)}, {"tarSize", layer.tar_size}};
  const auto text = body.dump();
  return cat(oci::Digest::of(text).hex(), "\n", text, "\n");
}

std::optional<CachedLayer> parsed(std::string_view file) {
  const auto end = file.find('\n');
  if (end == std::string_view::npos || !file.ends_with('\n')) return std::nullopt;
  const auto text = file.substr(end + 1, file.size() - end - 2);
  if (oci::Digest::of(text).hex() != file.substr(0, end)) return std::nullopt;
  const auto body = parse_json(text, "a cached layer");
  const auto diff_id = oci::Digest::parse(body.value("diffId", ""));
  if (!diff_id || !body.contains("blob")) return std::nullopt;
  return CachedLayer{.diff_id = *diff_id,
                     .blob = oci::parse_descriptor(body["blob"], "a cached layer"),
                     .tar_size = body.value("tarSize", std::uint64_t{0})};
}

// Nothing for what is damaged.
std::optional<CachedLayer> layer_in(const std::optional<std::string>& entry) {
  try {
    return entry ? parsed(*entry) : std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

constexpr std::size_t most_entry_bytes = 64 << 10;
constexpr std::string_view layers_kind = "layers", places_kind = "places", indexes_kind = "indexes",
                           inventories_kind = "inventories";

std::optional<oci::Digest> digest_in(const std::optional<std::string>& entry) {
  return entry ? oci::Digest::parse(*entry) : std::nullopt;
}

}  // namespace

std::optional<CachedLayer> find_layer(const Store& store, const oci::Digest& fingerprint) {
  auto layer = layer_in(find_cache_entry(store, layers_kind, fingerprint, most_entry_bytes));
  if (!layer || store.size(layer->blob.digest) != layer->blob.size) return std::nullopt;
  return layer;
}

void keep_layer(const Store& store, const oci::Digest& fingerprint, const CachedLayer& layer) {
  keep_cache_entry(store, layers_kind, fingerprint, written(layer));
}

std::optional<oci::Digest> last_built(const Store& store, const oci::Digest& slot) {
  return digest_in(find_cache_entry(store, places_kind, slot, most_entry_bytes));
}

std::optional<layers::PreviousLayer> find_previous_layer(const Store& store, const oci::Digest& slot) {
  const auto digest = last_built(store, slot);
  if (!digest) return std::nullopt;
  const auto entry = find_cache_entry(store, indexes_kind, *digest);
  auto index = entry ? layers::layer_index(*entry) : std::nullopt;
  FileDescriptor blob(::open(store.blob_path(*digest).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!index || !blob) return std::nullopt;
  return layers::PreviousLayer{.index = std::move(*index), .blob = std::move(blob)};
}

void keep_index(const Store& store, const oci::Digest& blob, const layers::LayerIndex& index) {
  keep_cache_entry(store, indexes_kind, blob, [&](const Sink& sink) { layers::write_index(index, sink); });
}

void keep_last_built(const Store& store, const oci::Digest& slot, const oci::Digest& blob) {
  keep_cache_entry(store, places_kind, slot, blob.text());
}

void keep_inventory(const Store& store, const oci::Digest& blob, const std::function<void(const Sink&)>& write) {
  keep_cache_entry(store, inventories_kind, blob, write);
}

std::optional<layers::Inventory> find_inventory(const Store& store, const oci::Digest& blob) {
  const auto entry = find_cache_entry(store, inventories_kind, blob, std::size_t{1} << 30);
  return entry ? layers::inventory(*entry) : std::nullopt;
}

void prune_layers(const std::filesystem::path& root) {
  const auto is_there = [&](const oci::Digest& blob) {
    std::error_code ignored;
    return std::filesystem::exists(root / blob_name(blob), ignored);
  };
  const auto text_of = [](const std::filesystem::path& file) -> std::optional<std::string> {
    try {
      return read_file(file, most_entry_bytes);
    } catch (const Error&) {
      return std::nullopt;
    }
  };
  prune_cache_entries(root, layers_kind, [&](const std::string&, const std::filesystem::path& file) {
    const auto layer = layer_in(text_of(file));
    return layer && is_there(layer->blob.digest);
  });
  prune_cache_entries(root, places_kind, [&](const std::string&, const std::filesystem::path& file) {
    const auto digest = digest_in(text_of(file));
    return digest && is_there(*digest);
  });
  for (const auto kind : {indexes_kind, inventories_kind})
    prune_cache_entries(root, kind, [&](const std::string& hex, const std::filesystem::path&) {
      const auto digest = oci::Digest::parse(cat("sha256:", hex));
      return digest && is_there(*digest);
    });
}

}  // namespace lapstrake::store
