// The help pages of all commands: examples first, at most 80 columns.
#pragma once
#include <string>
#include <vector>

namespace lapstrake::cli {

struct Command {
  std::string name;     // "push", "store check"
  std::string summary;  // one line of the overview
  std::string help;     // all of `lapstrake NAME --help`
};

const std::vector<Command>& commands();
std::string overview();  // `lapstrake --help`
// Null when there is no such command.
const Command* find_command(const std::string& name);

}  // namespace lapstrake::cli
