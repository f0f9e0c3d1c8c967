// The packages that the steps of an image install, with their archives.
#pragma once
#include <functional>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <lapstrake/spec/project.hpp>

namespace lapstrake::app {

struct InstalledPackage {
  enum class Kind { deb, wheel, npm } kind;
  const packages::LockedFile& file;
  const packages::UnpackedArchive& archive;
};

// Calls `each` for the packages of all `deb:`, `pip:` and `npm:` steps on one platform, in the order of the steps.
// Archives that the store lacks are downloaded. Error{usage} if `lapstrake.lock` does not have the packages.
void for_each_package(const PackageRun& run, const spec::Image& image, const oci::Platform& platform,
                      const std::function<void(const InstalledPackage&)>& each);

}  // namespace lapstrake::app
