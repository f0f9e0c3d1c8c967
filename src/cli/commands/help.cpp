// `lapstrake help`: prints a help page, or the man page.
#include <lapstrake/base/text.hpp>
#include <memory>

#include "command.hpp"
#include "command_context.hpp"
#include "help_page.hpp"
#include "man_page.hpp"

namespace lapstrake::cli {
namespace {

int help(CommandContext& command, bool man) {
  const auto commands = all_commands();
  const auto name = join(command.arguments(), " ");
  command.printer().result(man            ? man_page(commands)
                           : name.empty() ? overview(commands)
                                          : help_page(find_command(commands, name)));
  return 0;
}

}  // namespace

Command help_command() {
  const auto man = std::make_shared<bool>(false);
  return {
      .name = "help",
      .summary = "show help for a command",
      .usage = "[COMMAND]",
      .examples = "  lapstrake help push\n  lapstrake help --man | man -l -\n",
      .description = "Prints the overview, or the help page of COMMAND.\n",
      .arguments = {.most = any_number},
      .options = {flag("--man", "print the man page lapstrake(1) with all commands", *man)},
      .run = [man](CommandContext& command) { return help(command, *man); },
  };
}

}  // namespace lapstrake::cli
