#include "content.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::layers {
namespace {

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

std::string shown_path(const HostFile& file) { return printable(file.path(), 4096); }

}  // namespace

std::string HostFile::path() const {
  return folder->path.empty()          ? name()
         : folder->path.ends_with('/') ? folder->path + name()
                                       : folder->path + '/' + name();
}

FileStamp stamp_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

ContentReader::ContentReader(const Entry& entry, std::uint64_t from, std::uint64_t size)
    : entry_(entry), at_(from), end_(from + size) {
  const auto* spooled = std::get_if<Spooled>(&entry.content);
  if (spooled != nullptr && !spooled->file->descriptor) open_content_file(*spooled->file);
  const auto* host = std::get_if<HostFile>(&entry.content);
  if (host == nullptr) return;
  // O_NONBLOCK: a FIFO that took the file's place must not hang us.
  file_ = FileDescriptor(::open(host->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file_ && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ENXIO))
    changed("was replaced or deleted");
  if (!file_) {
    throw Error(ErrorKind::input, cat("cannot read `", shown_path(*host), "`: ", reason(errno))).during(*entry.origin);
  }
  expect_unchanged();
}

std::size_t ContentReader::read(std::span<std::byte> room) {
  const std::uint64_t missing = end_ - at_;
  room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), missing)));
  if (room.empty()) return 0;
  const std::size_t size = std::holds_alternative<std::string>(entry_.content) ? read_text(room) : read_file(room);
  at_ += size;
  if (at_ == end_ && std::holds_alternative<HostFile>(entry_.content)) expect_unchanged();
  return size;
}

void ContentReader::open_content_file(const ContentFile& file) {
  file_ = FileDescriptor(::open(file.path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file_)
    throw Error(ErrorKind::input, cat("cannot read `", file.path.string(), "`: ", reason(errno)))
        .during(*entry_.origin);
}

std::size_t ContentReader::read_text(std::span<std::byte> room) {
  const auto& text = std::get<std::string>(entry_.content);
  if (text.size() != entry_.size)
    throw Error(ErrorKind::internal, cat("`", printable(entry_.path), "` differs in size from its text"));
  std::memcpy(room.data(), text.data() + at_, room.size());
  return room.size();
}

std::size_t ContentReader::read_file(std::span<std::byte> room) {
  const auto* spooled = std::get_if<Spooled>(&entry_.content);
  if (spooled == nullptr && !file_)
    throw Error(ErrorKind::internal, cat("`", printable(entry_.path), "` has no content"));
  const int fd = spooled != nullptr && spooled->file->descriptor ? spooled->file->descriptor.get() : file_.get();
  const std::uint64_t offset = at_ + (spooled != nullptr ? spooled->offset : 0);
  for (;;) {
    const ssize_t size = ::pread(fd, room.data(), room.size(), static_cast<off_t>(offset));
    if (size > 0) return static_cast<std::size_t>(size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0)
      throw Error(ErrorKind::input, cat("cannot read `", printable(entry_.path, 4096), "`: ", reason(errno)))
          .during(*entry_.origin);
    if (spooled != nullptr)
      throw Error(ErrorKind::integrity, cat("`", spooled->file->path.string(), "` is too short"),
                  "delete it and build again");
    changed(cat("has only ", at_, " of its ", count_of(entry_.size, "byte")));
  }
}

void ContentReader::expect_unchanged() const {
  const auto& listed = std::get<HostFile>(entry_.content);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0)
    throw Error(ErrorKind::input, cat("cannot read `", shown_path(listed), "`: ", reason(errno)))
        .during(*entry_.origin);
  const FileStamp now = stamp_of(status), then = listed.stamp();
  if (!S_ISREG(status.st_mode) || now.device != then.device || now.inode != then.inode)
    changed("was replaced or deleted");
  if (now.size != then.size || entry_.size != then.size)
    changed(cat("had ", count_of(then.size, "byte"), " and now has ", now.size));
  if (now.modified_ns != then.modified_ns || now.changed_ns != then.changed_ns)
    changed("was written, or its mode or owner changed");
}

void ContentReader::changed(std::string_view how) const {
  throw Error(ErrorKind::input, cat("`", shown_path(std::get<HostFile>(entry_.content)), "` changed while it was read"),
              "build again when no other process is writing to it")
      .because(cat("it ", how))
      .during(*entry_.origin);
}

}  // namespace lapstrake::layers
