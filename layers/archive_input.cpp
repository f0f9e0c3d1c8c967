#include "archive_input.hpp"

#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <utility>

namespace lapstrake::layers {

la_ssize_t ArchiveInput::read() {
  if (fd < 0) {
    const auto size = source(buffer);
    packed += size;
    return static_cast<la_ssize_t>(size);
  }
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size >= 0) return size;
    if (errno != EINTR) throw Error(ErrorKind::input, cat("cannot read: ", reason(errno)));
  }
}

void ArchiveInput::rethrow() {
  if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
}

la_ssize_t read_some(archive* in, void* context, const void** bytes) {
  auto& input = *static_cast<ArchiveInput*>(context);
  *bytes = input.buffer.data();
  try {
    if (!input.thrown) return input.read();
  } catch (...) {
    input.thrown = std::current_exception();
  }
  archive_set_error(in, EIO, "read error");
  return ARCHIVE_FATAL;
}

la_int64_t seek_to(archive* in, void* context, la_int64_t offset, int whence) {
  const off_t place = ::lseek(static_cast<ArchiveInput*>(context)->fd, offset, whence);
  if (place >= 0) return place;
  archive_set_error(in, errno, "cannot seek in the file");
  return ARCHIVE_FATAL;
}

ReadArchive new_reader() {
  ReadArchive in(archive_read_new());
  if (in == nullptr) throw Error(ErrorKind::internal, "out of memory");
  return in;
}

void enable(int code, const char* what) {
  if (code != ARCHIVE_OK) throw Error(ErrorKind::internal, cat("this libarchive cannot read ", what));
}

void enable(archive* in, Compressions compressions) {
  enable(archive_read_support_filter_gzip(in), "gzip");
  enable(archive_read_support_filter_zstd(in), "zstd");
  if (compressions == Compressions::gzip_zstd) return;
  enable(archive_read_support_filter_xz(in), "xz");
  enable(archive_read_support_filter_bzip2(in), "bzip2");
}

}  // namespace lapstrake::layers
