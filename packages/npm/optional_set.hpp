// The packages that disappear with optional packages that cannot be installed.
#pragma once
#include <cstddef>
#include <lapstrake/packages/npm/lock_file.hpp>
#include <vector>

namespace lapstrake::packages::npm {

// Indices into lock.packages: `failed`, the packages that require them (up to an optional dependency), and everything
// that only these need. The project and its workspaces always stay. Arborist's optional-set.js, for all failed packages
// at once.
std::vector<bool> optional_set(const LockFile& lock, const std::vector<std::size_t>& failed);

}  // namespace lapstrake::packages::npm
