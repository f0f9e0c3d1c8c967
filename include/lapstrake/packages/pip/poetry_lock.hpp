// Reads poetry.lock, lock-version 1.1, 2.0 and 2.1 (the format of Poetry: src/poetry/packages/locker.py). Its files
// have names and hashes, but no URLs: the index is asked for them.
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <string>

namespace lapstrake::packages::pip {

// The group "main" is always selected. Before 2.1 the file does not record groups and markers of packages: all
// packages that are not optional are taken, and a note says so. Error{usage}: not TOML, another version.
LockedPackages read_poetry_lock(const std::string& file, std::string text);

}  // namespace lapstrake::packages::pip
