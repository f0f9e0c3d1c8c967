// Chooses the packages of a lock file that one image needs.
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::packages::pip {

struct PackageSelection {
  MarkerEnvironment environment = {};
  std::set<std::string> extras = {}, groups = {};  // beyond the default; any spelling
  // What to do with packages that are source code in a folder, such as other members of a uv workspace.
  enum class Folders { refuse, skip } folders = Folders::refuse;
};

struct SelectedPackages {
  std::vector<LockedPackage> packages = {};  // sorted by name; each has index or wheel as its source
  std::vector<std::string> notes = {};       // what was skipped, and why
};

// The packages that apply. For uv.lock it walks the graph from the project; for the other formats it evaluates each
// package's conditions (PEP 751, "Installation"; Poetry's lock format 2.1; pip's requirements file format).
// Error{usage}: an extra or group that the lock file does not have; a Python or environment for which the lock file
// was not made; two different entries of one name; packages that exist only as source code, all in one error.
SelectedPackages packages_for(const LockedPackages& locked, const PackageSelection& selection);

}  // namespace lapstrake::packages::pip
