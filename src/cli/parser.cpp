#include "parser.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {
namespace {

void add(CLI::App& to, const Option& option) {
  if (option.value.empty()) {
    to.add_flag_callback(option.names, [&option] { option.assign({}); });
  } else if (option.is_list) {
    to.add_option_function<std::vector<std::string>>(option.names,
                                                     [&option](const std::vector<std::string>& values) {
                                                       for (const auto& value : values) option.assign(value);
                                                     })
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
  } else {
    to.add_option_function<std::string>(option.names, option.assign);
  }
}

void add(CLI::App& to, const Command& command, CommandLine& line) {
  auto* added = to.add_subcommand(command.name.substr(command.name.find(' ') + 1));
  added->set_help_flag();
  added->fallthrough();
  for (const auto& option : command.options) add(*added, option);
  for (const auto& subcommand : command.subcommands) add(*added, subcommand, line);
  if (command.arguments.most > 0) added->add_option("arguments", line.arguments);
  // CLI11 calls this for a group before or after its subcommand.
  added->final_callback([&line, &command] {
    if (!line.command || command.subcommands.empty()) line.command = command;
  });
}

std::vector<std::string> command_names(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) {
    names.push_back(command.name);
    for (const auto& subcommand : command.subcommands) names.push_back(subcommand.name);
  }
  return names;
}

// CLI11's messages look like "-j: 1 required TEXT missing".
Error usage_error(const CLI::ParseError& failure) {
  const std::string text = failure.what();
  const auto option = text.substr(0, text.find_first_of(": "));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&failure) != nullptr && option.starts_with("-"))
    return Error(ErrorKind::usage, cat("option `", option, "` takes exactly one value"),
                 "run `lapstrake --help` to see the options");
  return Error(ErrorKind::usage, text, "run `lapstrake --help` to see the options");
}

Error unknown_option(const std::string& name, const std::vector<Option>& globals,
                     const std::optional<Command>& command) {
  std::vector<std::string> known;
  const auto add_names = [&](const std::vector<Option>& options) {
    for (const auto& option : options)
      for (auto& one : names_of(option)) known.push_back(std::move(one));
  };
  add_names(globals);
  if (command) add_names(command->options);
  const auto near = nearest(name, known);
  return Error(ErrorKind::usage, cat("unknown option `", name, "`"),
               near ? cat("did you mean `", *near, "`?")
                    : cat("run `lapstrake ", command ? command->name + " " : "", "--help` to see the options"));
}

// `prefix`: "lapstrake", "lapstrake help".
Error unknown_command(const std::string& name, const std::vector<Command>& commands, std::string_view prefix) {
  const auto near = nearest(name, command_names(commands));
  return Error(ErrorKind::usage, cat("unknown command `", name, "`"),
               near ? cat("did you mean `", prefix, " ", *near, "`?") : "run `lapstrake --help` to see the commands");
}

Error unexpected(const std::string& word, const std::vector<Command>& commands, const std::vector<Option>& globals,
                 const std::optional<Command>& command) {
  if (word.starts_with("-") && word.size() > 1) return unknown_option(word.substr(0, word.find('=')), globals, command);
  if (!command) return unknown_command(word, commands, "lapstrake");
  if (!command->subcommands.empty())
    return unknown_command(cat(command->name, " ", word), command->subcommands, "lapstrake");
  return Error(ErrorKind::usage, cat("unexpected argument `", word, "` for `lapstrake ", command->name, "`"),
               cat("run `lapstrake ", command->name, " --help` to see its arguments"));
}

void check_arguments(const CommandLine& line) {
  const auto& command = *line.command;
  if (!line.program.empty() && !command.accepts_program)
    throw Error(ErrorKind::usage, cat("`lapstrake ", command.name, "` does not accept a program after `--`"),
                "remove `--` and what follows");
  const auto count = line.arguments.size();
  if (count < command.arguments.least || count > command.arguments.most)
    throw Error(ErrorKind::usage, cat("`lapstrake ", command.name, "` ", command.arguments.rule),
                cat("run `lapstrake ", command.name, " --help` to see the arguments"));
}

}  // namespace

CommandLine parse(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  CommandLine line;
  const auto globals = global_options(line.options);
  CLI::App app{"lapstrake"};
  app.set_help_flag();
  app.allow_extras();
  app.require_subcommand(0, 1);
  app.fallthrough();
  for (const auto& option : globals) add(app, option);
  for (const auto& command : commands) add(app, command, line);

  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) line.program.assign(dashes + 1, words.end());
  std::vector<std::string> reversed(words.begin(), dashes);
  std::reverse(reversed.begin(), reversed.end());  // CLI11 takes a vector from its back
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& failure) {
    throw usage_error(failure);
  }
  if (const auto extras = app.remaining(true); !extras.empty())
    throw unexpected(extras.front(), commands, globals, line.command);
  if (line.command && !line.options.help) check_arguments(line);
  return line;
}

const Command& find_command(const std::vector<Command>& commands, const std::string& name) {
  for (const auto& command : commands) {
    if (command.name == name) return command;
    for (const auto& subcommand : command.subcommands)
      if (subcommand.name == name) return subcommand;
  }
  throw unknown_command(name, commands, "lapstrake help");
}

}  // namespace lapstrake::cli
