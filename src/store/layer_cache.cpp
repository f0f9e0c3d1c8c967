#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <nlohmann/json.hpp>

#include "layout_files.hpp"
#include "private_folder.hpp"

namespace lapstrake::store {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& root) { return root / "cache/layers"; }

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

std::optional<CachedLayer> read_entry(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file))) return std::nullopt;
  try {
    return parsed(read_file(file, 64 << 10));
  } catch (const std::exception&) {
    return std::nullopt;  // damaged: the layer is built anew
  }
}

}  // namespace

std::optional<CachedLayer> find_layer(const Store& store, const oci::Digest& fingerprint) {
  auto layer = read_entry(folder_of(store.root()) / fingerprint.hex());
  if (!layer || store.size(layer->blob.digest) != layer->blob.size) return std::nullopt;
  return layer;
}

void keep_layer(const Store& store, const oci::Digest& fingerprint, const CachedLayer& layer) {
  try {
    for (const auto* folder : {"cache", "cache/layers"}) make_private(store.root() / folder);
    AtomicFile file(store.scratch());
    file.write(as_bytes(written(layer)));
    file.publish(folder_of(store.root()) / fingerprint.hex());
  } catch (const Error&) {
    // The layer itself is safe; without the entry it is built again next time.
  }
}

void prune_layers(const std::filesystem::path& root) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(root), failure)) {
    const auto layer = read_entry(entry.path());
    std::error_code ignored;
    if (!layer || !std::filesystem::exists(root / blob_name(layer->blob.digest), ignored))
      std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace lapstrake::store
