#include "documentation.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/path_text.hpp>

namespace lapstrake::packages::deb {

bool is_documentation(std::string_view path, layers::Kind kind) {
  constexpr std::string_view share = "usr/share/";
  if (!path.starts_with(share)) return false;
  const auto rest = path.substr(share.size());
  const auto first = rest.substr(0, rest.find('/'));
  if (first.size() == rest.size()) return false;  // the folder itself
  constexpr std::array<std::string_view, 6> folders{"groff", "info", "lintian", "linda", "man", "locale"};
  if (first == "doc") {
    // The folder of one package may be a link to that of another, which has the copyright file.
    const bool is_link_of_package = kind == layers::Kind::symlink && rest.find('/', 4) == rest.npos;
    return lapstrake::name_of(path) != "copyright" && !is_link_of_package;
  }
  return std::ranges::find(folders, first) != folders.end() && path != "usr/share/locale/locale.alias";
}

}  // namespace lapstrake::packages::deb
