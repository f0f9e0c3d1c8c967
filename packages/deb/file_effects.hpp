// The effects on single files and folders: `directory`, `file`, `copy`, `symlink`, `attributes` and so on.
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

#include "account_files.hpp"
#include "effect_order.hpp"

namespace lapstrake::packages::deb {

// Other effects are skipped. Adds a note for an owner that the image lacks.
void apply_file_effects(Root& root, const std::vector<PackageEffect>& effects, const AccountFiles& accounts,
                        std::vector<std::string>& notes);

}  // namespace lapstrake::packages::deb
