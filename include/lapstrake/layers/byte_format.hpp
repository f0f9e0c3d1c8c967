// The version of the byte format of layers (oci::byte_format_annotation).
#pragma once
#include <string>

namespace lapstrake::layers {

// "2 (libarchive 3.6.2, libdeflate 1.14, zstd 1.5.4)": the versions that the bytes depend on.
std::string byte_format();

}  // namespace lapstrake::layers
