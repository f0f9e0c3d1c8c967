#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/php_extensions.hpp>
#include <lapstrake/packages/deb/version.hpp>
#include <lapstrake/packages/php_packages.hpp>

namespace lapstrake::packages::deb {
namespace {

// Extensions with a package of their own name: php8.2-NAME in Debian 12 and php8.4-NAME in Debian 13.
constexpr std::string_view own_packages =
    " amqp apcu ast bcmath bz2 curl dba ds enchant gd gearman gmagick gmp gnupg http igbinary imagick intl "
    "ldap mailparse mbstring maxminddb mcrypt memcache memcached mongodb msgpack oauth pcov ps pspell psr "
    "raphf readline redis rrd snmp soap solr ssh2 stomp tidy uopz uploadprogress uuid xdebug xmlrpc yac "
    "yaml zip zmq ";

constexpr std::string_view until_debian_12 = " imap pinba tideways ";
constexpr std::string_view since_debian_13 = " excimer inotify pq smbclient zstd ";  // with PHP 8.4

bool has_own_package(std::string_view name, std::string_view php) {
  const auto word = cat(" ", name, " ");
  const bool is_new = compare_versions(php, "8.4") >= 0;
  return own_packages.find(word) != own_packages.npos ||
         (is_new ? since_debian_13 : until_debian_12).find(word) != std::string_view::npos;
}

// What follows the name for pecl: "redis-5.3.7", "xdebug-stable".
std::string_view without_version(std::string_view name) {
  const auto dash = name.rfind('-');
  if (dash == name.npos || dash + 1 == name.size()) return name;
  const auto rest = name.substr(dash + 1);
  const bool is_version = (rest[0] >= '0' && rest[0] <= '9') || rest == "stable" || rest == "beta" || rest == "alpha";
  return is_version ? name.substr(0, dash) : name;
}

// An extension that comes with PHP itself.
PhpExtension built_in(std::string_view name, std::string_view suffix, std::string_view php) {
  if (name == "pcntl") return {.package = {}, .note = cat("only the command `php", php, "` has it, PHP-FPM does not")};
  return {.package = {}, .note = suffix.empty() ? "" : cat("it is in php", php, "-", suffix)};
}

}  // namespace

std::optional<PhpExtension> php_extension(std::string_view extension, std::string_view php) {
  auto name = lower(without_version(extension));
  if (name == "pecl_http") name = "http";
  if (name.find(' ') != name.npos) return std::nullopt;
  if (const auto known = php_package_of(name)) {
    if (known->empty() || *known == "common" || *known == "cli") return built_in(name, *known, php);
    return PhpExtension{.package = cat("php", php, "-", *known)};
  }
  if (!has_own_package(name, php)) return std::nullopt;
  return PhpExtension{.package = cat("php", php, "-", name)};
}

}  // namespace lapstrake::packages::deb
