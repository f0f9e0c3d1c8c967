#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/composer/check.hpp>
#include <lapstrake/packages/php_packages.hpp>

namespace lapstrake::packages::composer {

std::string debian_package(std::string_view extension, std::string_view php_version) {
  const auto known = php_package_of(extension);
  if (known && known->empty()) return {};
  return cat("php", php_version, "-", known ? std::string(*known) : replace_all(lower(extension), "_", "-"));
}

}  // namespace lapstrake::packages::composer
