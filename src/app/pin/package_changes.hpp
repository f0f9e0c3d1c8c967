// How the packages in `lapstrake.lock` change.
#pragma once
#include <lapstrake/app/pin/lock_change.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <vector>

namespace lapstrake::app {

// The files that differ between two locks, each once however many installs have it; sorted by name. Only installs in
// `after` are compared, and with `prune` those that it lacks count as removed.
std::vector<LockChange> changed_files(const packages::LockedPackages& before, const packages::LockedPackages& after,
                                      bool prune);

// Whether it is a file of the package, by its name as the user writes it.
bool is_of_package(const packages::LockedFile& file, const std::string& name);

// Whether an entry for the package is in the lock, by its name as the user writes it.
bool has_package(const packages::LockedInstall& install, const std::string& name);

}  // namespace lapstrake::app
