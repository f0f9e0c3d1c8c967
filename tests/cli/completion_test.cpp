#include "../../src/cli/completion.hpp"

#include <lapstrake/base/text.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;

TEST_CASE("the completion scripts have every command and option") {
  const auto commands = all_commands();
  const auto bash = bash_completion(commands), zsh = zsh_completion(commands), fish = fish_completion(commands);
  for (const auto& command : commands) {
    INFO(command.name);
    CHECK_THAT(bash, Contains(cat(" ", command.name, " ")) || Contains(cat(" ", command.name, "'")) ||
                         Contains(cat("'", command.name, " ")));
    CHECK_THAT(zsh, Contains(cat("'", command.name, ":")));
    CHECK_THAT(fish, Contains(cat(" -a ", command.name, " -d ")));
    for (const auto& option : command.options)
      for (const auto& name : names_of(option)) {
        INFO(name);
        CHECK_THAT(bash, Contains(cat(" ", name)));
        CHECK_THAT(zsh, Contains(name));
        CHECK_THAT(fish, Contains(name.starts_with("--") ? cat(" -l ", name.substr(2), " ")
                                                         : cat(" -s ", name.substr(1), " ")));
      }
  }
}

TEST_CASE("texts with quotes and brackets do not break the scripts") {
  bool value = false;
  const Command command{.name = "paint",
                        .summary = "don't [panic]: paint",
                        .usage = {},
                        .examples = {},
                        .description = {},
                        .options = {flag("--wet", "don't [panic]: paint", value)}};
  CHECK_THAT(zsh_completion({command}), Contains("--wet'[don'\\''t \\[panic\\]\\: paint]'"));
  CHECK_THAT(fish_completion({command}), Contains("-l wet -d 'don\\'t [panic]: paint'"));
}
