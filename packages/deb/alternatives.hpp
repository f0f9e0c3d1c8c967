// Links of the alternatives system (update-alternatives(1)).
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

#include "effect_order.hpp"

namespace lapstrake::packages::deb {

// The effects `alternative`: LINK -> /etc/alternatives/NAME -> the choice with the highest priority, and of several the
// first path; the same for its slaves. With `with_database` also dpkg's records in var/lib/dpkg/alternatives. Records
// of lower layers are continued; without a record, the choice of a lower layer stays, with a note, since its priority
// is not known.
void apply_alternatives(Root& root, const std::vector<PackageEffect>& effects, bool with_database,
                        std::vector<std::string>& notes);

}  // namespace lapstrake::packages::deb
