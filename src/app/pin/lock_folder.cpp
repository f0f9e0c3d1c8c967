#include "lock_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace lapstrake::app {

FileDescriptor lock_folder(const std::filesystem::path& folder) {
  const auto* name = folder.empty() ? "." : folder.c_str();
  FileDescriptor lock(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (lock && ::flock(lock.get(), LOCK_EX) != 0)
    if (errno != EINTR) return {};
  return lock;
}

}  // namespace lapstrake::app
