#include "solver_text.hpp"

#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>

#include "package_state.hpp"
#include "quick_value.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::array<std::string_view, 11> deciding{
    "\nPackage:",    "\nVersion:",  "\nArchitecture:", "\nMulti-Arch:", "\nPre-Depends:", "\nDepends:",
    "\nRecommends:", "\nProvides:", "\nConflicts:",    "\nBreaks:",     "\nReplaces:"};

std::string on_one_line(std::string_view value) {
  std::string out(value);
  for (auto& c : out)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  return out;
}

// libsolv makes a tree of the alternatives, and walks it with recursive functions.
void expect_few_alternatives(std::string_view relations, std::string_view field, std::string_view stanza) {
  std::uint64_t alternatives = 1;
  for (const auto c : relations) {
    alternatives = c == ',' ? 1 : alternatives + (c == '|' ? 1 : 0);
    if (alternatives > limits::package_alternatives)
      throw Error(
          ErrorKind::integrity,
          cat("`", field.substr(1, field.size() - 2), "` of `", printable(quick_value(stanza, "\nPackage:"), 200),
              "` has more than ", limits::package_alternatives, " alternatives for one dependency"),
          "report it to the owner of the package, and leave it out until it is corrected");
  }
}

}  // namespace

std::string solver_text(std::string_view stanza) {
  std::string out;
  for (const auto field : deciding)
    if (const auto value = quick_value(stanza, field); !value.empty()) {
      expect_few_alternatives(value, field, stanza);
      out += cat(field.substr(1), " ", on_one_line(value), "\n");
    }
  return out + "\n";
}

std::string installed_solver_text(std::string_view status) {
  constexpr std::string_view what = "dpkg's database of the layers below";
  std::string out;
  for_each_stanza(status, what, [&](const Stanza& stanza) {
    if (is_installed(stanza, what)) out += solver_text(stanza.text());
  });
  return out;
}

}  // namespace lapstrake::packages::deb
