#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/php_packages.hpp>

namespace lapstrake::packages {
namespace {

struct Row {
  std::string_view package;  // "" : part of each PHP
  std::string_view extensions;
};

// Debian's php8.2: descriptions of php8.2-cli and php8.2-common, and `Provides` of the others.
constexpr std::array rows{
    Row{"", " core date filter hash json libxml openssl pcre random reflection session sodium spl standard zlib "},
    Row{"cli", " pcntl "},
    Row{"common",
        " calendar ctype exif ffi fileinfo ftp gettext iconv pdo phar posix shmop sockets sysvmsg sysvsem sysvshm "
        "tokenizer "},
    Row{"xml", " dom simplexml xml xmlreader xmlwriter xsl "},
    Row{"mysql", " mysqli mysqlnd pdo_mysql "},
    Row{"pgsql", " pgsql pdo_pgsql "},
    Row{"sqlite3", " sqlite3 pdo_sqlite "},
    Row{"odbc", " odbc pdo_odbc "},
    Row{"sybase", " pdo_dblib "},
    Row{"interbase", " interbase pdo_firebird "},
    Row{"opcache", " zend-opcache opcache "},
};

}  // namespace

std::optional<std::string_view> php_package_of(std::string_view extension) {
  const auto word = cat(" ", lower(extension), " ");
  const auto row = std::ranges::find_if(
      rows, [&](const Row& known) { return known.extensions.find(word) != std::string_view::npos; });
  return row == rows.end() ? std::nullopt : std::optional(row->package);
}

}  // namespace lapstrake::packages
