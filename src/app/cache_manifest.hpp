// The layer cache in a registry, as the artifact manifest that stands for it (image-spec manifest.md, "Guidelines for
// Artifact Usage"): `layers` are the compressed layers themselves, so that the registry keeps them, and annotations say
// what each was made of.
//
// Whoever may push to the repository may write what he likes there: nothing that is read here is to be believed before
// the blob was unpacked.
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

  // Blobs of one content that came about in one way are the same.
  bool stands_for_the_same(const CacheEntry& other) const {
    return diff_id == other.diff_id && byte_format == other.byte_format && compression == other.compression;
  }
};

inline constexpr std::string_view cache_artifact_type = "application/vnd.lapstrake.cache.v1";
// What OCI 1.1 has in place of a config.
inline constexpr std::string_view empty_config = "{}";

// Registries serve manifests of up to 4 MiB; a hundred entries take 60 KB, and are some dozens of builds of an image.
inline constexpr std::size_t most_cache_entries = 100, most_cache_text = 1 << 20;
// A layer that no build has used for so long is of a time that will not come back.
inline constexpr std::chrono::days most_cache_age{30};
// `used` is brought up to date only when it is older, so that a build that changes nothing writes nothing.
inline constexpr std::chrono::hours cache_use_step{24};

// Error{integrity} for what is no cache. Entries that miss something are left out.
std::vector<CacheEntry> parse_cache(std::string_view text, std::string_view media_type, std::string_view what);
std::string render_cache(const std::vector<CacheEntry>& entries);

// `before`, and over it what a build used `now`; without what is too old, or too much. In an order of its own, so that
// the same entries give the same text.
std::vector<CacheEntry> merged(std::vector<CacheEntry> before, const std::vector<CacheEntry>& used,
                               std::chrono::sys_seconds now);

}  // namespace lapstrake::app
