// The effects of adduser(8), addgroup(8), useradd(8) and groupadd(8) for system accounts.
#pragma once
#include <lapstrake/packages/deb/effect_table.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::packages::deb::shell {

// `words`: the command and its arguments. Nothing for an option that is not known, and for accounts of persons.
std::optional<std::vector<Effect>> account_effects(const std::vector<std::string>& words);

}  // namespace lapstrake::packages::deb::shell
