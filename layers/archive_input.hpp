// How libarchive gets its bytes: from a Source, or from a file that can be sought (a zip's directory is at its end).
#pragma once
#include <archive.h>

#include <cstdint>
#include <exception>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/layers/tar.hpp>
#include <vector>

namespace lapstrake::layers {

using ReadArchive = CHandle<archive, archive_read_free>;

struct ArchiveInput {
  Source source;
  int fd = -1;
  std::vector<std::byte> buffer = std::vector<std::byte>(256 << 10);
  std::exception_ptr thrown = nullptr;
  std::uint64_t packed = 0;  // bytes of a stream that were read

  la_ssize_t read();
  // After each call of libarchive: throws what `source` threw in it.
  void rethrow();
};

// Callbacks with an ArchiveInput as context.
la_ssize_t read_some(archive* in, void* context, const void** bytes);
la_int64_t seek_to(archive* in, void* context, la_int64_t offset, int whence);

ReadArchive new_reader();
// Error{internal} unless `code` is ARCHIVE_OK: ARCHIVE_WARN means that libarchive would run an external program.
void enable(int code, const char* what);
void enable(archive* in, Compressions compressions);

}  // namespace lapstrake::layers
