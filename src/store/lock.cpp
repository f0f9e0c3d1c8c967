#include "lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::store {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error_number) {
  throw Error(ErrorKind::input, cat("cannot lock `", path.string(), "`: ", reason(error_number)),
              "point `--store` (LAPSTRAKE_STORE) at a local file system");
}

bool lock_now(const FileDescriptor& lock, int how, const std::filesystem::path& path) {
  while (::flock(lock.get(), how) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) fail(path, errno);
  }
  return true;
}

int operation(LockMode mode) { return mode == LockMode::shared ? LOCK_SH : LOCK_EX; }

}  // namespace

FileDescriptor open_lock(const std::filesystem::path& path) {
  FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock) return lock;
  if (errno != EROFS && errno != EACCES) fail(path, errno);
  lock = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!lock && errno != ENOENT) fail(path, errno);
  return lock;
}

bool try_lock(const FileDescriptor& lock, LockMode mode, const std::filesystem::path& path) {
  return lock_now(lock, operation(mode) | LOCK_NB, path);
}

void wait_for_lock(const FileDescriptor& lock, LockMode mode, const std::filesystem::path& path) {
  lock_now(lock, operation(mode), path);
}

}  // namespace lapstrake::store
