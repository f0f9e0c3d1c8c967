// Which version of a missing project to propose.
#pragma once
#include <lapstrake/packages/pip/closure.hpp>
#include <lapstrake/packages/pip/requirement.hpp>
#include <lapstrake/packages/pip/target.hpp>
#include <optional>
#include <vector>

#include "pip_index.hpp"

namespace lapstrake::app {

// The newest version that satisfies all `requirements`, which name one project, and has a wheel for the target. No
// yanked files, and pre-releases only if a requirement names one. `with_hashes`: the checksums of all its wheels, too.
// Nothing if the index has none or cannot be read.
std::optional<packages::pip::AddableVersion> version_to_add(PipIndex& index,
                                                            const std::vector<packages::pip::Requirement>& requirements,
                                                            const packages::pip::Target& target, bool with_hashes);

}  // namespace lapstrake::app
