// What is remembered between builds, as files of any content.
//
//   STORE/cache/<kind>/<hex of the key>
//
// Most of it costs time only when it is lost: keep_cache_entry() renames it into place, but does not sync it, so who
// reads one must be able to tell a damaged one. What the store needs is written by keep_required_entry().
#pragma once
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::store {

// Nothing when there is none, it cannot be read, or it is longer than `limit` bytes.
std::optional<std::string> find_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                                            std::size_t limit = std::size_t{256} << 20);
// `write` is handed the file's sink. A store that cannot be written keeps nothing, silently.
void keep_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key,
                      const std::function<void(const Sink&)>& write);
void keep_cache_entry(const Store& store, std::string_view kind, const oci::Digest& key, std::string_view text);
// The same for what cannot be found out again: synced, and a failure is an error (Error{input} with path and reason).
void keep_required_entry(const Store& store, std::string_view kind, const oci::Digest& key, std::string_view text);
// Removes the notes of a kind for which `keep`, told the key's hex and the file, is false; for gc.
void prune_cache_entries(const std::filesystem::path& root, std::string_view kind,
                         const std::function<bool(const std::string& hex, const std::filesystem::path& file)>& keep);

}  // namespace lapstrake::store
