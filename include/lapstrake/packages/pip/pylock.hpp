// Reads pylock.toml (PEP 751; packaging.python.org, "pylock.toml Specification").
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <string>

namespace lapstrake::packages::pip {

// lock-version 1.x; `packages.dependencies` is ignored, as the standard demands. Error{usage} with file and line: not
// TOML, another major version, an entry with several sources, a wheel without name, location or hashes.
LockedPackages read_pylock(const std::string& file, std::string text);

}  // namespace lapstrake::packages::pip
