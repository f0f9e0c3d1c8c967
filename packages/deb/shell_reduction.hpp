// What is left of a maintainer script when it is known how it is called: without branches that are not taken, and
// without commands that change nothing in a new image. Nothing is executed.
#pragma once
#include "shell_condition.hpp"
#include "shell_parser.hpp"

namespace lapstrake::packages::deb {

// A list. `values`: of the positional parameters and of variables that are known.
ShellNode reduced(const ShellNode& script, const ShellValues& values);

// The commands that act, without arguments, each once.
std::vector<std::string> acting_commands(const ShellNode& node);

}  // namespace lapstrake::packages::deb
