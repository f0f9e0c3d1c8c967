// The effects of single commands of maintainer scripts, as verbs of effects.deb822.
#pragma once
#include <lapstrake/packages/deb/effect_table.hpp>
#include <optional>
#include <string>
#include <vector>

#include "shell_condition.hpp"

namespace lapstrake::packages::deb::shell {

struct CommandContext {
  unsigned umask = 022;
  const std::function<Shipped(std::string_view path)>& shipped;
  const std::vector<Effect>& effects;  // of earlier commands of the script
};

// `words`: the command and its arguments, expanded. Nothing for a command or an option whose effect is not known.
std::optional<std::vector<Effect>> effects_of_command(const std::vector<std::string>& words,
                                                      const CommandContext& context);

// Of a command that writes `text` to `path`: a new file, or more lines for one that an earlier effect creates
// (`appends`).
std::optional<std::vector<Effect>> effects_of_text(const std::string& path, std::string_view text, bool appends,
                                                   const CommandContext& context);

}  // namespace lapstrake::packages::deb::shell
