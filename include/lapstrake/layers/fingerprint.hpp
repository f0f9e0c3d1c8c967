// The fingerprint of a layer: a hash of everything that determines its bytes, without reading files (host files count
// by their stat signature).
#pragma once
#include <chrono>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::layers {

// Equal fingerprints mean equal bytes. Hashed are every attribute of every entry, contents from the spec, for host
// files device, inode, size, mtime and ctime, the compression, the time stamp and the byte format. nullopt when the
// bytes cannot be determined this way: for content files without an identity, and when a host file changed so shortly
// before `listed_at` (the start of the listing) that a later change might not alter its times (git calls such files
// racy).
std::optional<oci::Digest> fingerprint(const std::vector<Entry>& entries, const WriteOptions& options,
                                       std::chrono::system_clock::time_point listed_at);

// "gzip 1", "zstd 2", "none": with the codec's default level when none is set.
std::string name_of(const oci::Compression& compression);

}  // namespace lapstrake::layers
