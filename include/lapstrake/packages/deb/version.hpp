// Versions and names of Debian packages (deb-version(7), Debian Policy 5.6).
#pragma once
#include <compare>
#include <string>
#include <string_view>

namespace lapstrake::packages::deb {

// The order of dpkg --compare-versions: epoch, upstream version, revision; `~` sorts before the end.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);
bool is_version(std::string_view text);
// Two or more of a-z 0-9 + - ., beginning with a letter or digit.
bool is_package_name(std::string_view text);
// The architecture of dpkg for an OCI platform: amd64, arm64, armhf (arm/v7), armel, i386, ppc64el, s390x, riscv64,
// mips64el. Error{usage} for others.
std::string architecture_of(std::string_view oci_architecture, std::string_view variant);
// "nginx_1.22.1-9+deb12u1_amd64.deb"; `:` of an epoch is written %3a, as apt does.
std::string file_name(std::string_view package, std::string_view version, std::string_view architecture);

}  // namespace lapstrake::packages::deb
