// Which of Debian's PHP packages has an extension.
#pragma once
#include <optional>
#include <string_view>

namespace lapstrake::packages {

// What follows "php8.2-" in the name of the package: "mysql" for "pdo_mysql"; "common" and "cli" are packages that
// every PHP of Debian needs; "" for an extension that every PHP has. Nothing for an extension with a package of its own
// name, and for unknown ones. The case does not matter.
std::optional<std::string_view> php_package_of(std::string_view extension);

}  // namespace lapstrake::packages
