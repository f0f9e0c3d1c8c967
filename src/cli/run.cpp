#include "run.hpp"

#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "command_context.hpp"
#include "help_page.hpp"
#include "parser.hpp"
#include "print.hpp"

namespace lapstrake::cli {
namespace {

void require_subcommand(const Command& command) {
  if (command.run) return;
  std::vector<std::string> names;
  for (const auto& one : command.subcommands) names.push_back(cat("`", one.name, "`"));
  throw Error(ErrorKind::usage, cat("`lapstrake ", command.name, "` needs a command: ", join(names, ", ")),
              cat("for example `lapstrake ", command.subcommands.front().name, "`"));
}

}  // namespace

int run(const std::vector<std::string>& words, const Runtime& runtime) {
  const auto commands = all_commands();
  const auto line = parse(commands, words);
  const Printer printer(runtime);
  if (line.options.help) {
    printer.result(!line.command ? overview(commands) : help_page(*line.command));
    return 0;
  }
  if (!line.command) {
    printer.message(overview(commands));
    return static_cast<int>(ErrorKind::usage);
  }
  require_subcommand(*line.command);
  if (line.options.offline && line.command->needs_network)
    CommandContext::refuse_offline(cat("lapstrake ", line.command->name));
  const auto& folder = line.options.folder;
  if (!folder.empty() && ::chdir(folder.c_str()) != 0)
    throw Error(ErrorKind::input, cat("cannot change to folder `", folder, "`: ", reason(errno)));
  CommandContext context(line, runtime);
  return line.command->run(context);
}

}  // namespace lapstrake::cli
