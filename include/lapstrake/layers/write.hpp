// Writes a layer: tar, both digests, compression, in one pass with bounded memory. The bytes do not depend on `jobs` or
// on the cache.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/byte_format.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/write_options.hpp>
#include <vector>

namespace lapstrake::layers {

// The approximate size of the tar, for progress bars.
std::uint64_t estimated_tar_size(const std::vector<Entry>& entries);

Written write_layer(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink);

}  // namespace lapstrake::layers
