#include "private_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::store {

void require_private(const std::filesystem::path& folder, RootLink link) {
  const std::string name = folder.string();
  struct stat status {};
  const int result = link == RootLink::allowed ? ::stat(name.c_str(), &status) : ::lstat(name.c_str(), &status);
  if (result != 0)
    throw Error(ErrorKind::input, cat("cannot use the store's folder `", name, "`: ", reason(errno)),
                "point `--store` (LAPSTRAKE_STORE) at a folder that you own");
  if (S_ISLNK(status.st_mode))
    throw Error(ErrorKind::input, cat("cannot use the store's folder `", name, "`: it is a symbolic link"),
                cat("replace it with a folder, or point `--store` (LAPSTRAKE_STORE) at another store"));
  if (!S_ISDIR(status.st_mode))
    throw Error(ErrorKind::input, cat("cannot use `", name, "` as a store: it is not a folder"),
                "point `--store` (LAPSTRAKE_STORE) at a folder");
  if (status.st_uid != ::geteuid())
    throw Error(ErrorKind::input, cat("the store's folder `", name, "` belongs to another user"),
                "point `--store` (LAPSTRAKE_STORE) at a folder that you own")
        .because(cat("its owner has the uid ", status.st_uid, ", this process has ", ::geteuid()));
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw Error(ErrorKind::input, cat("other users can write to the store's folder `", name, "`"),
                cat("run `chmod go-w '", name, "'`, then check the store with `lapstrake store check`"));
}

void make_private(const std::filesystem::path& folder, RootLink link) {
  std::error_code ignored;
  try {
    if (!std::filesystem::exists(folder, ignored)) {
      make_folder(folder, 0700);
      sync_folder(folder.has_parent_path() ? folder.parent_path() : std::filesystem::path("."));
    }
  } catch (Error& error) {
    error.helped_by("point `--store` (LAPSTRAKE_STORE) at a writable folder");
    throw;
  }
  require_private(folder, link);
}

}  // namespace lapstrake::store
