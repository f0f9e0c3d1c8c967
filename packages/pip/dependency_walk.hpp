// Walks the graph of uv.lock.
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::packages::pip {

struct ReachedPackage {
  std::size_t index = 0;              // in `locked.packages`
  std::set<std::string> extras = {};  // requested by its dependents
};

// All packages that the project needs, without the project, by index. `extras` and `groups` are the project's, in their
// normal form. Error{usage}: a dependency that the lock file does not have, or has more than once.
std::vector<ReachedPackage> reached_packages(const LockedPackages& locked, const MarkerEnvironment& environment,
                                             const std::set<std::string>& extras, const std::set<std::string>& groups);

}  // namespace lapstrake::packages::pip
