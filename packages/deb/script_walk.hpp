// Follows a maintainer script through a first installation: removes branches that are not taken, marks the commands
// that act, and reads the effects of those that are certain to run and have one meaning. Nothing is executed.
#pragma once
#include <lapstrake/packages/deb/effect_table.hpp>

#include "shell_condition.hpp"
#include "shell_parser.hpp"

namespace lapstrake::packages::deb::shell {

struct WalkedScript {
  ShellNode rest;  // a list; `acts` is set for what is not among the effects
  std::vector<Effect> effects;
};
WalkedScript walk_script(const ShellNode& script, const ScriptFacts& facts);

}  // namespace lapstrake::packages::deb::shell
