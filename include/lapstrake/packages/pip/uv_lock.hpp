// Reads uv.lock, version 1 (the format of uv: crates/uv-resolver, lock). uv's own default is to install the group
// "dev", too; here a group is installed only if it is selected.
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <string>

namespace lapstrake::packages::pip {

// `project`: the member of a workspace to install, in any spelling; empty for the project in the folder of the file.
// Error{usage}: not TOML, another version, no such project, several projects and no choice.
LockedPackages read_uv_lock(const std::string& file, std::string text, const std::string& project = {});

}  // namespace lapstrake::packages::pip
