// One command of the program, defined in a file of its own in commands/. The parser, the help pages, the man page, the
// shell completions and the checks of docs/reference/commands.md are derived from the list of commands.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "option.hpp"

namespace lapstrake::cli {

class CommandContext;

// The words that a command accepts besides options.
struct Arguments {
  std::size_t least = 0, most = 0;
  std::string rule{};                  // for the error message: "needs exactly one argument: the image"
  std::vector<std::string> choices{};  // all valid arguments, if they are few
};
inline constexpr std::size_t any_number = static_cast<std::size_t>(-1);

struct Command {
  std::string name;         // "push", "store check"
  std::string summary;      // one line for lists of commands
  std::string usage;        // what follows the name: "[IMAGE...] [--explain]"
  std::string examples;     // one per line, indented by two spaces
  std::string description;  // paragraphs of at most 80 columns
  Arguments arguments{};
  std::vector<Option> options{};
  bool accepts_program = false;               // a program and its arguments after `--`
  bool needs_network = false;                 // cannot be used with --offline
  bool needs_store = false;                   // fails if the location of the store is unknown
  std::function<int(CommandContext&)> run{};  // returns the exit code, throws Error; empty if there are subcommands
  std::vector<Command> subcommands{};
};

// All commands, in the order of the overview. The options of each call have their own variables.
std::vector<Command> all_commands();

}  // namespace lapstrake::cli
