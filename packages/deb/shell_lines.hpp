// Writes a tree of shell commands as lines, in one form: the same commands give the same text.
#pragma once
#include "shell_parser.hpp"

namespace lapstrake::packages::deb::shell {

struct ShellLine {
  unsigned line = 1;  // of the script
  std::string text;   // single blanks; line breaks in quotes are "\n"
};
std::vector<ShellLine> lines_of_shell(const ShellNode& node);

}  // namespace lapstrake::packages::deb::shell
