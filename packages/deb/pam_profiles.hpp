// /etc/pam.d/common-* as pam-auth-update(8) makes them of the profiles of packages.
#pragma once
#include <lapstrake/packages/deb/root.hpp>

namespace lapstrake::packages::deb {

// The profiles in usr/share/pam-configs that are enabled by default, in the templates of usr/share/pam, and
// pam-auth-update's records in var/lib/pam. Nothing where etc/pam.d/common-* exists already.
void apply_pam_profiles(Root& root);

}  // namespace lapstrake::packages::deb
