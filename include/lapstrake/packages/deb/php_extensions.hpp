// Debian's packages for the names that PHP images use: docker-php-ext-install, docker-php-ext-enable, pecl.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages::deb {

struct PhpExtension {
  std::string package;    // "php8.2-mysql"; empty if it is part of every PHP (`php8.2-common`, `-cli`)
  std::string note = {};  // how it differs
};
// `extension`: "pdo_mysql", "gd", "redis". `php`: "8.2". Nothing for an unknown name.
std::optional<PhpExtension> php_extension(std::string_view extension, std::string_view php);

}  // namespace lapstrake::packages::deb
