// The entries of `lapstrake.lock` for packages.
#pragma once
#include <lapstrake/packages/locked_file.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lock_json.hpp"

namespace lapstrake::app {

// The sections `fetched`, `installs` and `edited` of a lock. Error{usage} for an entry that render() cannot have
// written.
packages::LockedPackages packages_of(const nlohmann::json& lock, std::string_view what);
// Adds these sections, as far as they are not empty.
void render(const packages::LockedPackages& packages, Lines& out);

}  // namespace lapstrake::app
