#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/random_access.hpp>

namespace lapstrake::packages {

RandomAccess random_access(std::string_view bytes) {
  return {.size = bytes.size(), .read = [bytes](std::uint64_t offset, std::span<std::byte> room) {
            if (offset > bytes.size() || room.size() > bytes.size() - offset)
              throw Error(ErrorKind::integrity, "the file is too short");
            if (!room.empty()) std::memcpy(room.data(), bytes.data() + offset, room.size());
          }};
}

RandomAccess random_access(int fd, std::string what) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw Error(ErrorKind::input, cat("cannot read ", what, ": ", reason(errno)));
  return {.size = static_cast<std::uint64_t>(status.st_size),
          .read = [fd, what = std::move(what)](std::uint64_t offset, std::span<std::byte> room) {
            while (!room.empty()) {
              const ssize_t size = ::pread(fd, room.data(), room.size(), static_cast<off_t>(offset));
              if (size < 0 && errno == EINTR) continue;
              if (size < 0) throw Error(ErrorKind::input, cat("cannot read ", what, ": ", reason(errno)));
              if (size == 0) throw Error(ErrorKind::integrity, cat(what, " is too short"));
              room = room.subspan(static_cast<std::size_t>(size));
              offset += static_cast<std::uint64_t>(size);
            }
          }};
}

}  // namespace lapstrake::packages
