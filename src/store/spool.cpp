#include "spool.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>

#include "layout_files.hpp"

namespace lapstrake::store {
namespace {

using Reader = CHandle<archive, archive_read_free>;

constexpr auto another_folder = "set TMPDIR to a writable folder";

std::filesystem::path temporary_folder() {
  std::error_code failure;
  auto folder = std::filesystem::temp_directory_path(failure);
  if (failure)
    throw Error(ErrorKind::input, cat("no temporary folder is available: ", reason(failure.value())), another_folder);
  return folder;
}

FileDescriptor spool_file(const std::filesystem::path& folder, bool is_given) {
  try {
    return unnamed_file(folder);
  } catch (Error& error) {
    if (!is_given) error.helped_by(another_folder);
    throw;
  }
}

Error damaged(archive* reader, const std::filesystem::path& path) {
  const char* why = archive_error_string(reader);
  return Error(ErrorKind::integrity, cat("cannot decompress `", path.string(), "`"))
      .because(why == nullptr ? "" : printable(why, 200));
}

void open_compressed(archive* reader, const FileDescriptor& file, const std::filesystem::path& path) {
  if (reader == nullptr) throw Error(ErrorKind::internal, "out of memory");
  const bool good =
      archive_read_support_filter_gzip(reader) == ARCHIVE_OK &&
      archive_read_support_filter_zstd(reader) == ARCHIVE_OK && archive_read_support_filter_xz(reader) == ARCHIVE_OK &&
      archive_read_support_filter_bzip2(reader) == ARCHIVE_OK && archive_read_support_format_raw(reader) == ARCHIVE_OK;
  archive_entry* entry = nullptr;
  if (!good || archive_read_open_fd(reader, file.get(), 256 << 10) != ARCHIVE_OK ||
      archive_read_next_header(reader, &entry) != ARCHIVE_OK)
    throw damaged(reader, path);
}

}  // namespace

bool is_compressed(const FileDescriptor& file, const std::filesystem::path& path) {
  std::array<char, 6> room{};
  const ssize_t size = ::pread(file.get(), room.data(), room.size(), 0);
  if (size < 0) throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(errno)));
  const std::string_view start(room.data(), static_cast<std::size_t>(size));
  for (const std::string_view magic : {"\x1f\x8b", "\x28\xb5\x2f\xfd", "\xfd\x37zXZ", "BZh"})
    if (start.starts_with(magic)) return true;
  return false;
}

FileDescriptor spool(const FileDescriptor& file, const std::filesystem::path& path,
                     const std::filesystem::path& scratch, const std::stop_token& stop) {
  const auto folder = scratch.empty() ? temporary_folder() : scratch;
  FileDescriptor out = spool_file(folder, !scratch.empty());
  const Reader reader(archive_read_new());
  open_compressed(reader.get(), file, path);
  std::vector<std::byte> room(256 << 10);
  const auto most_bytes = limits::spooled_bytes_for(size_of(file, path));
  for (std::uint64_t total = 0;;) {
    stop_point(stop);
    const la_ssize_t size = archive_read_data(reader.get(), room.data(), room.size());
    if (size < 0) throw damaged(reader.get(), path);
    if (size == 0) break;
    total += static_cast<std::uint64_t>(size);
    if (total > most_bytes)
      throw Error(ErrorKind::integrity,
                  cat("`", path.string(), "` decompresses to more than ", human_size(most_bytes)));
    write_fully(out.get(), Bytes(room).first(static_cast<std::size_t>(size)), folder);
  }
  if (::lseek(out.get(), 0, SEEK_SET) != 0)
    throw Error(ErrorKind::input, cat("cannot rewind a file in `", folder.string(), "`: ", reason(errno)));
  return out;
}

}  // namespace lapstrake::store
