// Folders of configuration as systemd reads them (sysusers.d(5), tmpfiles.d(5)): usr/lib/NAME and etc/NAME.
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

// The *.conf files of the packages, in the order of their names; a file in etc/ replaces one of the same name in
// usr/lib/.
std::vector<std::string> config_files(const Root& root, std::string_view name);

}  // namespace lapstrake::packages::deb
