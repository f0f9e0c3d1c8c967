// The options and operands of a command.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb::shell {

struct CommandOptions {
  std::map<std::string, std::string, std::less<>> values;  // by name: {"--home", "/x"}, {"-p", ""}
  std::vector<std::string> operands;

  bool has(std::string_view name) const { return values.contains(name); }
  std::optional<std::string> value(std::string_view name) const;
};

// `flags` and `with_value` are lists of names, separated by blanks: "-p --parents". Short flags may be joined: "-dm".
// Nothing for another option.
std::optional<CommandOptions> options_of(const std::vector<std::string>& words, std::string_view flags,
                                         std::string_view with_value);

}  // namespace lapstrake::packages::deb::shell
