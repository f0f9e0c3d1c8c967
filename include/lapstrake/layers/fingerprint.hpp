// What tells one layer from another without reading a file: all that decides its bytes, host files by how they look.
#pragma once
#include <chrono>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::layers {

// Equal fingerprints mean equal bytes: every attribute of every entry, the contents that the spec gives, for host files
// device, inode, size, mtime and ctime, the compression, the time stamp and the byte format. Nothing when that cannot
// be told: for members of archives, and when a host file was changed so shortly before `listed_at` (when the listing
// began) that a further change might not show in its times (git calls such files racy).
std::optional<oci::Digest> fingerprint(const std::vector<Entry>& entries, const WriteOptions& options,
                                       std::chrono::system_clock::time_point listed_at);

// "gzip 1", "zstd 2", "none": with the codec's own level where none was chosen.
std::string name_of(const oci::Compression& compression);

}  // namespace lapstrake::layers
