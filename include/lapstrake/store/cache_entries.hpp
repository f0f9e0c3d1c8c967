// The store's cache: small files of any content, by kind and key.
//
//   STORE/cache/<kind>/<hex of the key>
//
// Losing most entries costs only time: keep_cache_entry() renames the file into place without syncing it, so readers
// must detect damaged entries. Entries that the store needs are written by keep_required_entry().
#pragma once
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::store {

// nullopt when the entry is missing, unreadable, or longer than `limit` bytes.
std::optional<std::string> find_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                                            std::size_t limit = std::size_t{256} << 20);
// `write` gets the file's sink. Does nothing when the store is not writable.
void keep_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                      const std::function<void(const Sink&)>& write);
void keep_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key, std::string_view text);
// The same for entries that cannot be recreated, or that are too large to be checked whenever they are read: synced,
// and Error{input} with path and reason on failure.
void keep_required_entry(const Store& store, std::string_view kind, const oci::Digest& key, std::string_view text);
void keep_required_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                         const std::function<void(const Sink&)>& write);
// The file of an entry, whether it exists or not.
std::filesystem::path cache_entry_path(const Store& store, std::string_view kind, const oci::Digest& key);
// Removes the entries of a kind for which `keep`, called with the key's hex and the file, is false; for gc.
void prune_cache_entries(const std::filesystem::path& root, std::string_view kind,
                         const std::function<bool(const std::string& hex, const std::filesystem::path& file)>& keep);

}  // namespace lapstrake::store
