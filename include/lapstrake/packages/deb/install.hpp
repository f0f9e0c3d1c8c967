// The entries of a layer for a set of packages: unpacked, with their effects and dpkg's database.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/effects.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

namespace lapstrake::packages::deb {

struct InstallOptions {
  Docs docs = Docs::drop;
  Accounts accounts = {};  // from the lock
};

struct Installed {
  std::vector<layers::Entry> entries;  // sorted by path
  std::vector<std::string> notes;      // what was left out, and scripts whose interpreter the image lacks
};

// The same for any order of `packages`. The errors of Root::add, apply_effects and add_database.
Installed install(const std::vector<Deb>& packages, const layers::BaseFiles& below, const EffectTable& table,
                  const InstallOptions& options);

}  // namespace lapstrake::packages::deb
