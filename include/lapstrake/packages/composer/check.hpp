// Checks a copied vendor/ of Composer: lapstrake does not install PHP packages, since their archives have no checksums
// and the autoloader is generated code. CI runs `composer install`, and this compares the result with composer.lock.
#pragma once
#include <functional>
#include <lapstrake/base/finding.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::composer {

struct Vendor {
  std::string lock, lock_name;            // composer.lock, and its name in messages: "`composer.lock`"
  std::string installed, installed_name;  // vendor/composer/installed.json of Composer 1 or 2
  // Whether a file or folder is copied. The path is relative to vendor/: "composer/autoload_real.php".
  std::function<bool(std::string_view path)> exists;
  // The extensions of the image's PHP in lower case ("intl"), as far as known; nothing: they are not checked.
  std::optional<std::set<std::string>> extensions = {};
  std::string php_version = {};     // "8.2", for names of Debian packages; empty: "php-intl"
  std::string extension_help = {};  // what to do about a missing extension; empty: to install its Debian package
};

// Errors: a package is missing, or has another version or commit, or its folder is missing; the autoloader is missing;
// an extension is missing that `platform` or an installed package requires. Warnings: packages for development, and
// packages that the lock file does not have. In the order of the files, lock file first. Error{usage} when a file is
// not valid JSON of this form.
std::vector<Finding> check(const Vendor& vendor);

// The Debian package with an extension: "pdo_mysql", "8.2" -> "php8.2-mysql"; empty if PHP itself has it.
std::string debian_package(std::string_view extension, std::string_view php_version);

}  // namespace lapstrake::packages::composer
