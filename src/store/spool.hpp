// Decompresses an archive into an unnamed temporary file, since a compressed one cannot be read in place.
#pragma once
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <stop_token>

namespace lapstrake::store {

// By its first bytes: gzip, zstd, xz or bzip2.
bool is_compressed(const FileDescriptor& file, const std::filesystem::path& path);
// `scratch` may be empty: the system's folder for temporary files. Error{integrity} past 64 GiB or when it is damaged.
FileDescriptor spool(const FileDescriptor& file, const std::filesystem::path& path,
                     const std::filesystem::path& scratch, const std::stop_token& stop);

}  // namespace lapstrake::store
