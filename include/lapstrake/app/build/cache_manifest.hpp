// Reads and writes the artifact manifest of a layer cache in a registry (image-spec manifest.md, "Guidelines for
// Artifact Usage"): `layers` are the compressed layers themselves, so that the registry keeps them; annotations record
// what each layer was built from.
//
// Anyone who can push to the repository can write anything there: do not trust an entry before its blob has been
// unpacked and checked.
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/oci/descriptor.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

struct CacheEntry {
  oci::Digest diff_id;
  std::string byte_format{}, compression{};  // "gzip 1"
  std::uint64_t tar_size = 0;
  std::chrono::sys_seconds used{};  // the last time that a build took or made it
  oci::Descriptor blob;             // without annotations

  // Blobs with the same content, format and compression are interchangeable.
  bool has_same_content(const CacheEntry& other) const {
    return diff_id == other.diff_id && byte_format == other.byte_format && compression == other.compression;
  }
};

inline constexpr std::string_view cache_artifact_type = "application/vnd.lapstrake.cache.v1";
// The empty config of OCI 1.1.
inline constexpr std::string_view empty_config = "{}";

// Registries serve manifests of up to 4 MiB; a hundred entries take 60 KB, and are some dozens of builds of an image.
inline constexpr std::size_t most_cache_entries = 100, most_cache_text = 1 << 20;
// A layer that no build has used for this long is dropped.
inline constexpr std::chrono::days most_cache_age{30};
// `used` is updated only if it is older than this, so that a build that changes nothing writes nothing.
inline constexpr std::chrono::hours cache_use_step{24};

// Error{integrity} if it is not a cache. Incomplete entries are skipped.
std::vector<CacheEntry> parse_cache(std::string_view text, std::string_view media_type, std::string_view what);
std::string render_cache(const std::vector<CacheEntry>& entries);

// `before` updated with the entries that a build used `now`, without old entries and within the size limit. Sorted, so
// that the same entries give the same text.
std::vector<CacheEntry> merged(std::vector<CacheEntry> before, const std::vector<CacheEntry>& used,
                               std::chrono::sys_seconds now);

}  // namespace lapstrake::app
