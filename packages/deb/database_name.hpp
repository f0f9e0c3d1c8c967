// How dpkg's database names a package.
#pragma once
#include <lapstrake/packages/deb/archive.hpp>
#include <string>

namespace lapstrake::packages::deb {

// "libc6:amd64" of a package that can be installed for several architectures (Multi-Arch: same), else "nginx".
std::string database_name(const Deb& deb);

}  // namespace lapstrake::packages::deb
