#include <algorithm>
#include <charconv>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>

#include "effect_steps.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view php_modules = "php-modules";
constexpr unsigned default_priority = 20;

bool is_version_of_php(std::string_view name) {
  return !name.empty() && name.front() >= '0' && name.front() <= '9' && name.find('.') != name.npos;
}

// "; priority=20" in a module's file.
unsigned priority_of(std::string_view text) {
  constexpr std::string_view key = "priority=";
  for (const auto& line : split(text, '\n')) {
    const auto at = line.find(key);
    if (!line.starts_with(';') || at == line.npos) continue;
    unsigned out = 0;
    if (std::from_chars(line.data() + at + key.size(), line.data() + line.size(), out).ec == std::errc()) return out;
  }
  return default_priority;
}

class Php {
 public:
  Php(Root& root, std::string version) : root_(root), version_(std::move(version)), etc_(cat("etc/php/", version_)) {
    for (auto& name : root.names_in(cat("usr/lib/php/", version_, "/sapi"))) sapis_.push_back(std::move(name));
  }

  void apply() {
    copy_modules();
    copy_settings();
    for (const auto& path : root_.paths_below(cat(etc_, "/mods-available")))
      if (path.ends_with(".ini")) enable(path);
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

  // phpenmod: a link for each SAPI.
  void enable(const std::string& path) {
    const auto number = priority_of(root_.text(path).value_or(""));
    const auto link = cat(number < 10 ? "0" : "", number, "-", lapstrake::name_of(path));
    for (const auto& sapi : sapis_)
      if (const auto at = cat(etc_, "/", sapi, "/conf.d/", link); !root_.exists(at))
        root_.put_symlink(at, cat("/", path), php_modules);
  }

  Root& root_;
  std::string version_, etc_;
  std::vector<std::string> sapis_;
};

}  // namespace

void apply_php_modules(Root& root) {
  for (const auto& name : root.names_in("usr/lib/php"))
    if (is_version_of_php(name)) Php(root, name).apply();
}

}  // namespace lapstrake::packages::deb
