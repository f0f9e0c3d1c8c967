// Reduces a script to its actions, with the conditions around them and the variables in them.
#pragma once
#include "shell_parser.hpp"

namespace lapstrake::packages::deb::shell {

// `script`: with `acts` set.
ShellNode reduced(const ShellNode& script);

// The commands that act, without arguments, each once.
std::vector<std::string> acting_commands(const ShellNode& node);

}  // namespace lapstrake::packages::deb::shell
