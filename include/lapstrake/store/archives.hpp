// Archives of packages in the store: which of them, and of their unpacked forms, the images in the store were built
// from.
//
//   STORE/blobs/sha256/<hex>     an archive as it was downloaded
//   STORE/cache/unpacked/<hex>   its unpacked form, by a digest of the archive's digest and the kind of archive
//   STORE/cache/archives/<hex>   what one ref was built from: a line for each, "blob sha256:..." or "unpacked
//   sha256:..."
//
// `gc` keeps what an existing ref was built from, so that the next build need not download it again. All of this costs
// only time when it is lost.
#pragma once
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/store/store.hpp>
#include <set>
#include <string>

namespace lapstrake::store {

inline constexpr std::string_view unpacked_kind = "unpacked";  // of cache_entries.hpp

struct ArchivesInUse {
  std::set<oci::Digest> blobs = {}, unpacked = {};
  bool empty() const { return blobs.empty() && unpacked.empty(); }
  void add(const ArchivesInUse& other) {
    blobs.insert(other.blobs.begin(), other.blobs.end());
    unpacked.insert(other.unpacked.begin(), other.unpacked.end());
  }
};

// Replaces the record of the ref.
void keep_archives_of(const Store& store, const std::string& ref, const ArchivesInUse& archives);
// The archives of all these refs, together.
ArchivesInUse archives_of(const Store& store, const std::set<std::string>& refs);
// Removes unpacked archives that are not in use, and the records of other refs; for gc.
void prune_archives(const std::filesystem::path& root, const std::set<std::string>& refs, const ArchivesInUse& used);

}  // namespace lapstrake::store
