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

}  // namespace lapstrake::app
