// Decompresses index files of package archives: xz, gzip, bzip2, zstd, or none of them, by content.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <string>
#include <string_view>

namespace lapstrake::layers {

// All of the decompressed text. Error{integrity} for damaged or truncated input, and beyond `most` bytes.
std::string decompressed(const Source& packed, std::string_view what, std::uint64_t most);

}  // namespace lapstrake::layers
