#include <lapstrake/packages/deb/php_extensions.hpp>
#include <string>

#include "support/catch.hpp"

using lapstrake::packages::deb::php_extension;

TEST_CASE("an extension of docker-php-ext-install or pecl has a Debian package") {
  const auto [extension, package] = GENERATE(table<std::string, std::string>({
      {"pdo_mysql", "php8.2-mysql"},
      {"mysqli", "php8.2-mysql"},
      {"pdo_pgsql", "php8.2-pgsql"},
      {"gd", "php8.2-gd"},
      {"SimpleXML", "php8.2-xml"},
      {"opcache", "php8.2-opcache"},
      {"redis-5.3.7", "php8.2-redis"},
      {"xdebug-stable", "php8.2-xdebug"},
      {"pecl_http", "php8.2-http"},
  }));
  INFO(extension);
  CHECK(php_extension(extension, "8.2").value().package == package);
}

TEST_CASE("an extension that every PHP of Debian has needs no package") {
  const auto [extension, note] = GENERATE(table<std::string, std::string>({
      {"exif", "it is in php8.4-common"},
      {"sockets", "it is in php8.4-common"},
      {"json", ""},
      {"pcntl", "only the command `php8.4` has it, PHP-FPM does not"},
  }));
  const auto found = php_extension(extension, "8.4").value();
  CHECK(found.package.empty());
  CHECK(found.note == note);
}

TEST_CASE("an extension may belong to one release of Debian only") {
  CHECK(php_extension("imap", "8.2").value().package == "php8.2-imap");
  CHECK_FALSE(php_extension("imap", "8.4"));
  CHECK(php_extension("zstd", "8.4").value().package == "php8.4-zstd");
  CHECK_FALSE(php_extension("zstd", "8.2"));
}

TEST_CASE("an extension that Debian does not have is unknown") {
  CHECK_FALSE(
      php_extension(GENERATE("sqlsrv", "oci8", "swoole-5.0", "", "-", "5", "php8.2-gd", "curl dba", "dom xml"), "8.2"));
}
