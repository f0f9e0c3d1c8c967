// Decompresses texts: xz, gzip, bzip2, zstd, or none of them, by content.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <string>
#include <string_view>

namespace lapstrake::layers {

// All of the text; the stream is read to its end. Error{integrity} for damaged or truncated input, and beyond `most`
// bytes of text. libarchive does not compare the checksum of gzip: verify the digest of the packed bytes.
std::string decompressed(const Source& packed, std::string_view what, std::uint64_t most);

}  // namespace lapstrake::layers
