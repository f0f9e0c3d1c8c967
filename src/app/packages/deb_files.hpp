// The .deb files of an entry of the lock: downloading them, unpacking them.
#pragma once
#include <lapstrake/app/packages/apt_sources.hpp>
#include <lapstrake/app/packages/archives.hpp>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/effects.hpp>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// In a LockedFile, the beginning of the path of a .deb in the project.
inline constexpr std::string_view local_prefix = "./";
// Whether a request of `install:` is a file of the project.
bool is_local_deb(std::string_view request);
std::string local_path(std::string_view request);  // relative to the folder of the spec

// Safe to use from several threads. The sources are read before the first download.
class DebFiles {
 public:
  DebFiles(const PackageRun& run, const DebStep& step) : run_(run), step_(step) {}
  // Unpacked, in the order of `files`.
  std::vector<packages::deb::Deb> unpacked(const std::vector<packages::LockedFile>& files) const;
  std::vector<packages::UnpackedArchive> archives(const std::vector<packages::LockedFile>& files) const;
  void take(const std::vector<packages::LockedFile>& files) const;

 private:
  Archives::Download download() const;
  void take(const packages::LockedFile& file) const;
  const DebSource& source_of(const packages::LockedFile& file) const;

  const PackageRun& run_;
  const DebStep& step_;
  mutable std::mutex mutex_;
  mutable std::optional<std::vector<DebSource>> sources_;
};

// The numbers of users and groups in the entry.
packages::deb::Accounts accounts_of(const packages::LockedInstall& install);

// "amd64"
std::string architecture_of(const StepFacts& facts);

}  // namespace lapstrake::app
