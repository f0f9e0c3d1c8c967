// The tarballs of a package-lock.json: finding them, downloading them, unpacking them.
#pragma once
#include <lapstrake/app/packages/archives.hpp>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/npm/lock_file.hpp>
#include <lapstrake/packages/npm/npmrc.hpp>
#include <lapstrake/packages/npm/select.hpp>
#include <lapstrake/packages/npm/tarball_source.hpp>
#include <mutex>
#include <optional>

namespace lapstrake::app {

packages::npm::LockFile read_npm_lock(const Context& context, const spec::Project& project, const oci::Npm& step);
packages::npm::LockFile read_npm_lock(const PackageRun& run, const oci::Npm& step);
packages::npm::Target npm_target(const oci::Npm& step, const StepFacts& facts);

// Whether the package has a tarball of its own: it is neither a link nor part of another tarball.
bool has_tarball(const packages::npm::LockedPackage& package);

// Safe to use from several threads.
class NpmTarballs {
 public:
  // A download reads the configuration of npm: the `.npmrc` beside the lock file, $NPM_CONFIG_USERCONFIG or ~/.npmrc,
  // and $NPM_CONFIG_GLOBALCONFIG or etc/npmrc in /, /usr/local and /usr. npm has only the one in its own prefix, which
  // is not known here. $NPM_CONFIG_REGISTRY and a source of the spec replace the default registry.
  NpmTarballs(const PackageRun& run, const oci::Npm& step);

  // Stores the tarball. With a digest it must have it; else it must have the integrity of the lock file.
  oci::Descriptor take(const packages::npm::LockedPackage& package, const std::optional<oci::Digest>& digest) const;
  // The URL to keep in lapstrake.lock; empty for a tarball of a registry.
  static std::string url_of(const packages::npm::LockedPackage& package);
  // For LockedFiles, whose names are places in `lock`.
  Archives::Download download(const packages::npm::LockFile& lock) const;
  static Unpacker unpacker(const PackageRun& run);

 private:
  const packages::npm::Npmrc& npmrc() const;
  http::Url url_of(const packages::npm::LockedPackage& package, const packages::npm::TarballSource& source) const;
  oci::Descriptor take_local(const std::string& path, const std::optional<oci::Digest>& digest,
                             const ContentCheck& check) const;

  const PackageRun& run_;
  const oci::Npm& step_;
  mutable std::mutex mutex_;
  mutable std::optional<packages::npm::Npmrc> npmrc_;  // read before the first download
};

// "the tarball of `left-pad` 1.3.0"
std::string description_of_tarball(const std::string& name, const std::string& version);

}  // namespace lapstrake::app
