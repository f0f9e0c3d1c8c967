// The wheels of a lock file: choosing the one that fits, finding it, reading its metadata.
#pragma once
#include <lapstrake/app/packages/archives.hpp>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <lapstrake/packages/pip/metadata.hpp>
#include <lapstrake/packages/pip/target.hpp>

#include "pip_index.hpp"

namespace lapstrake::app {

struct ChosenWheel {
  packages::LockedFile file;
  packages::pip::Metadata metadata;
};

// The best wheel of a package for the target. Error{usage}: none fits, or the Python is not one that it allows.
// Error{input}: no index has the package or the version. Error{integrity}: the index has another checksum than the lock
// file.
ChosenWheel choose_wheel(const PackageRun& run, PipIndex& index, const packages::pip::LockedPackage& package,
                         const packages::pip::Target& target);

// Takes a wheel from the project, from its own URL, or from the index.
Archives::Download wheel_download(const PackageRun& run, PipIndex& index);

}  // namespace lapstrake::app
