// Conditions that mean "unless it exists": an effect under them is certain, since effects keep what exists.
#pragma once
#include <lapstrake/packages/deb/effect_table.hpp>
#include <optional>
#include <string>
#include <vector>

#include "shell_condition.hpp"
#include "shell_parser.hpp"

namespace lapstrake::packages::deb::shell {

struct Guard {
  enum class Kind { account, path } kind = Kind::account;
  std::string name;  // of the user or group, or the path
};

// `! getent passwd NAME`, `[ ! -d PATH ]`, `[ -z "$(id -u NAME)" ]`.
std::optional<Guard> guard_of(const ShellNode& condition, const ShellValues& values);
// `getent passwd NAME`, `[ -d PATH ]`.
std::optional<Guard> existence_of(const ShellNode& condition, const ShellValues& values);

// Whether the effects create only what the guard is about. Attributes of a new folder become part of its creation.
bool merge_guarded(std::vector<Effect>& effects, std::size_t first, const Guard& guard);

}  // namespace lapstrake::packages::deb::shell
