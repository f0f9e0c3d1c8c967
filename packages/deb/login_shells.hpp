// /etc/shells: the programs that users may log in with (shells(5)).
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

#include "effect_order.hpp"

namespace lapstrake::packages::deb {

// As update-shells(8), for the effect `update-shells` and where a lower layer has debianutils: the shells of
// usr/share/debianutils; and as add-shell(8), for the effects `shell`. A note for shells that cannot be added to
// the file of a lower layer.
void apply_login_shells(Root& root, const std::vector<PackageEffect>& effects, std::vector<std::string>& notes);

}  // namespace lapstrake::packages::deb
