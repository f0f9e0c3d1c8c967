#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/store/cache_entries.hpp>

#include "layout_files.hpp"
#include "private_folder.hpp"

namespace lapstrake::store {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& root, std::string_view kind) {
  return root / "cache" / kind;
}

std::filesystem::path made_folder(const Store& store, std::string_view kind) {
  auto folder = folder_of(store.root(), kind);
  make_private(store.root() / "cache");
  make_private(folder);
  return folder;
}

}  // namespace

std::optional<std::string> find_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                                            std::size_t limit) {
  const auto file = folder_of(store.root(), kind) / key.hex();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, ignored))) return std::nullopt;
  try {
    return read_file(file, limit);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void keep_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                      const std::function<void(const Sink&)>& write) {
  try {
    const auto folder = made_folder(store, kind);
    AtomicFile file(store.scratch());
    write([&](Bytes bytes) { file.write(bytes); });
    file.publish_unsynced(folder / key.hex());
  } catch (const Error&) {
    // Not an error: without the entry the next run computes it again.
  }
}

void keep_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key, std::string_view text) {
  keep_cache_entry(store, kind, key, [&](const Sink& sink) { sink(as_bytes(text)); });
}

void keep_required_entry(const Store& store, std::string_view kind, const oci::Digest& key, std::string_view text) {
  keep_required_entry(store, kind, key, [&](const Sink& sink) { sink(as_bytes(text)); });
}

void keep_required_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                         const std::function<void(const Sink&)>& write) {
  const auto folder = made_folder(store, kind);
  AtomicFile file(store.scratch(), more_space);
  write([&](Bytes bytes) { file.write(bytes); });
  file.publish(folder / key.hex(), 0600);
}

std::filesystem::path cache_entry_path(const Store& store, std::string_view kind, const oci::Digest& key) {
  return folder_of(store.root(), kind) / key.hex();
}

void prune_cache_entries(const std::filesystem::path& root, std::string_view kind,
                         const std::function<bool(const std::string& hex, const std::filesystem::path& file)>& keep) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(root, kind), failure)) {
    std::error_code ignored;
    if (!keep(entry.path().filename().string(), entry.path())) std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace lapstrake::store
