// Where the tarball of a package is.
#pragma once
#include <lapstrake/packages/npm/lock_file.hpp>
#include <string>

namespace lapstrake::packages::npm {

struct TarballSource {
  enum class Kind {
    registry,  // `location` is relative to the package's registry: "@scope/a/-/a-1.0.0.tgz"
    url,       // `location` is the lock file's own URL
    file       // `location` is a file, relative to the folder of the lock file
  } kind = Kind::registry;
  std::string location;
};

// A `resolved` of the form HOST/NAME/-/FILE means the configured registry, whatever its host, since integrity decides;
// so does an absent one (npm's omit-lockfile-registry-resolved). Other http and https URLs are taken as they are.
// Error{usage}: a git dependency, a file outside of the project, another scheme, neither a URL nor a version.
TarballSource tarball_source(const LockedPackage& package);

}  // namespace lapstrake::packages::npm
