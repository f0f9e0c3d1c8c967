// Parses the command line by the list of commands.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "global_options.hpp"

namespace lapstrake::cli {

struct CommandLine {
  GlobalOptions options{};
  std::optional<Command> command{};      // nothing if there is none; a group (`store`) if its subcommand is missing
  std::vector<std::string> arguments{};  // IMAGE..., TASK..., REF
  std::vector<std::string> program{};    // after `--`
};

// Also assigns the options of the command to their variables. Error{usage} for an
// unknown option or command (with the closest name), a missing or invalid value, or the wrong number of arguments.
CommandLine parse(const std::vector<Command>& commands, const std::vector<std::string>& words);

// The command with this name ("store gc"). Error{usage} with the closest name.
const Command& find_command(const std::vector<Command>& commands, const std::string& name);

}  // namespace lapstrake::cli
