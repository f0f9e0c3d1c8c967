// Applies the effects of packages to their files: accounts, tmpfiles.d, sysusers.d, alternatives, certificates, PHP
// modules, and what the effect table says. Nothing is executed.
#pragma once
#include <lapstrake/packages/deb/accounts.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/effect_table.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

namespace lapstrake::packages::deb {

// The users and groups that effects of the packages create with any free number: their numbers, from `known` (the lock)
// where it has them, else the lowest free ones from 100, in the order of names, that neither base-passwd nor the layers
// below use (Debian Policy 9.2).
Accounts allocate(const Root& root, const std::vector<Deb>& packages, const EffectTable& table, const Accounts& known);

// Applies all effects to `root`, which has the files of `packages` already. The same for any order of `packages`.
// Returns notes for the user: what was left out. Error{usage}: an effect that cannot be applied.
std::vector<std::string> apply_effects(Root& root, const std::vector<Deb>& packages, const EffectTable& table,
                                       const Accounts& accounts);

}  // namespace lapstrake::packages::deb
