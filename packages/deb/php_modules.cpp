#include "php_modules.hpp"

#include <algorithm>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view php_modules = "php-modules", default_priority = "20";

bool is_version_of_php(std::string_view name) {
  return !name.empty() && name.front() >= '0' && name.front() <= '9' && name.find('.') != name.npos;
}

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "; priority=20" in the file of a module, as php-helper reads it. The text, since "05" is the name of a link.
std::string link_priority(std::string_view text) {
  for (const auto& line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (!line.starts_with(';') || equals == line.npos) continue;
    const auto value = trim(std::string_view(line).substr(equals + 1));
    if (trim(std::string_view(line).substr(1, equals - 1)) == "priority" && are_digits(value))
      return std::string(value);
  }
  return std::string(default_priority);
}

class Php {
 public:
  Php(Root& root, const std::string& version)
      : root_(root),
        version_(version),
        etc_(cat("etc/php/", version)),
        records_(cat("var/lib/php/modules/", version)),
        sapis_(root.names_in(cat("usr/lib/php/", version, "/sapi"))) {}

  void apply() {
    copy_modules();
    copy_settings();
    for (const auto& name : root_.names_in(cat(etc_, "/mods-available")))
      if (name.ends_with(".ini")) enable(name.substr(0, name.size() - 4));
  }

 private:
  // usr/share/php8.2-mysql/mysql/pdo_mysql.ini
  void copy_modules() {
    const auto prefix = cat("usr/share/php", version_, "-");
    for (const auto& path : root_.paths_below("usr/share"))
      if (path.starts_with(prefix) && path.ends_with(".ini") && std::ranges::count(path, '/') == 4)
        copy(path, cat(etc_, "/mods-available/", lapstrake::name_of(path)));
  }

  void copy_settings() {
    for (const auto& sapi : sapis_) {
      const auto base = cat("usr/lib/php/", version_, "/php.ini-production");
      const auto own = cat(base, ".", sapi);
      copy(root_.find(own) != nullptr ? own : base, cat(etc_, "/", sapi, "/php.ini"));
    }
  }

  void copy(const std::string& from, const std::string& to) {
    if (!root_.exists(to)) root_.copy(from, to, php_modules);
  }

  // A module of the layers below is enabled for new SAPIs only: it may have been disabled for the others.
  void enable(const std::string& module) {
    const auto file = cat(etc_, "/mods-available/", module, ".ini");
    const auto text = root_.text(file);
    const auto link = cat(text ? link_priority(*text) : priority_below(module), "-", module, ".ini");
    record(cat(records_, "/registry/", module));
    for (const auto& sapi : sapis_) {
      const auto at = cat(etc_, "/", sapi, "/conf.d/", link);
      const bool is_new = text || root_.find(cat("usr/lib/php/", version_, "/sapi/", sapi)) != nullptr;
      if (!is_new || root_.exists(at)) continue;
      root_.put_symlink(at, cat("/", file), php_modules);
      record(cat(records_, "/", sapi, "/enabled_by_maint/", module));
    }
  }

  // Of a module of the layers below, whose file cannot be read: from the name of its link for another SAPI.
  std::string priority_below(const std::string& module) const {
    for (const auto& sapi : root_.names_in(etc_))
      for (const auto& name : root_.names_in(cat(etc_, "/", sapi, "/conf.d"))) {
        const auto dash = name.find('-');
        if (dash != name.npos && are_digits(name.substr(0, dash)) && name.substr(dash + 1) == cat(module, ".ini"))
          return name.substr(0, dash);
      }
    return std::string(default_priority);
  }

  // phpenmod's: an empty file.
  void record(const std::string& path) {
    if (!root_.exists(path)) root_.put_file(path, {}, {}, php_modules);
  }

  Root& root_;
  std::string version_, etc_, records_;
  std::vector<std::string> sapis_;
};

}  // namespace

void apply_php_modules(Root& root) {
  for (const auto& version : root.names_in("usr/lib/php"))
    if (is_version_of_php(version)) Php(root, version).apply();
}

}  // namespace lapstrake::packages::deb
