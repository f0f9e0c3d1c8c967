// First step of shell_reduction.hpp: removes branches that are not taken, and marks the commands that act.
#pragma once
#include "shell_condition.hpp"
#include "shell_parser.hpp"

namespace lapstrake::packages::deb {

ShellNode without_dead_code(const ShellNode& script, const ShellValues& values);

}  // namespace lapstrake::packages::deb
