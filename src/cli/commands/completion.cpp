// `lapstrake completion`: prints a completion script for a shell.
#include "completion.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "command.hpp"
#include "command_context.hpp"

namespace lapstrake::cli {
namespace {

int completion(CommandContext& command) {
  static constexpr struct {
    std::string_view shell;
    std::string (*script)(const std::vector<Command>&);
  } scripts[] = {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};
  const auto& wanted = command.arguments().front();
  for (const auto& [shell, script] : scripts)
    if (shell == wanted) return command.printer().result(script(all_commands())), 0;
  throw Error(ErrorKind::usage, cat("unknown shell `", wanted, "`"), "use bash, zsh or fish");
}

}  // namespace

Command completion_command() {
  return {
      .name = "completion",
      .summary = "print a completion script for bash, zsh or fish",
      .usage = "bash|zsh|fish",
      .examples = R"(  source <(lapstrake completion bash)
  lapstrake completion zsh > "${fpath[1]}/_lapstrake"
  lapstrake completion fish > ~/.config/fish/completions/lapstrake.fish
)",
      .description = R"(Prints a script that completes commands, options and file names of lapstrake.
The Debian package installs the scripts for all three shells.
)",
      .arguments = {.least = 1,
                    .most = 1,
                    .rule = "needs exactly one argument: bash, zsh or fish",
                    .choices = {"bash", "zsh", "fish"}},
      .run = completion,
  };
}

}  // namespace lapstrake::cli
