// The roles of commands in maintainer scripts: which of them change a new image.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb::shell {

enum class CommandRole {
  standard,  // nothing: there is no init system, no cache to rebuild, no question to ask; or effects.cpp does it
  query,     // nothing: it prints or compares
  control,   // decides how the script continues: exit, cd
  sets,      // sets variables only
  action     // changes files, or nobody knows
};

struct CommandUse {
  CommandRole role = CommandRole::action;
  std::vector<std::string> sets = {};  // variables
};

// `words`: with leading assignments, as written.
CommandUse use_of(const std::vector<std::string>& words);
// The number of leading assignments.
std::size_t assignments_of(const std::vector<std::string>& words);
// "NAME" of "NAME=text"; empty for other words.
std::string_view assigned_name(std::string_view word);

// What a command ends: what follows in it is not executed.
enum class Ends { no, loop, function, script };
Ends ends_of(const std::vector<std::string>& words);
// `exit 1`: the installation would fail, which is not followed.
bool is_failure(const std::vector<std::string>& words);

// "creates users (adduser)"; "runs frobnicate" for an unknown command.
std::string action_in_words(std::string_view command);

}  // namespace lapstrake::packages::deb::shell
