#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <lapstrake/base/lock_folder.hpp>

namespace lapstrake {

FileDescriptor lock_folder(const std::filesystem::path& folder) {
  const auto* name = folder.empty() ? "." : folder.c_str();
  FileDescriptor lock(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (lock && ::flock(lock.get(), LOCK_EX) != 0)
    if (errno != EINTR) return {};
  return lock;
}

}  // namespace lapstrake
