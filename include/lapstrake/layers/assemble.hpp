// From a recipe to a list of entries in their final order.
#pragma once
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/layers/assemble_options.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/other_steps.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <vector>

namespace lapstrake::layers {

// Sorted by path bytewise: folders before their content, hard links after their targets, whiteouts before their
// siblings. Parents that the base lacks are added (0755 0:0); existing ones are not changed. Errors, all of
// ErrorKind::input or usage with the step's position: missing or outside sources, special files, `.wh.` names, two
// steps that write the same path (both named; two folders with equal attributes do not conflict), a path through a
// symlink or a file of the same layer, names that a tar cannot represent.
std::vector<Entry> assemble(const oci::LayerRecipe& recipe, const BaseFiles& below, const AccountTable& accounts,
                            const AssembleOptions& options, OtherSteps others = {});

}  // namespace lapstrake::layers
