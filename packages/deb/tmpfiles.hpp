// Files and folders of tmpfiles.d(5) of the packages, which systemd-tmpfiles creates when a system starts. Images have
// them from the beginning, since nothing of systemd runs in a container.
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

#include "account_files.hpp"

namespace lapstrake::packages::deb {

// The types d, D, v, q, Q, f, F, L, C and z with literal paths and modes, also `+`. Lines that a new image does not
// need (removal, exclusion, boot only) are skipped; the notes name files with other lines.
void apply_tmpfiles(Root& root, const AccountFiles& accounts, std::vector<std::string>& notes);

}  // namespace lapstrake::packages::deb
