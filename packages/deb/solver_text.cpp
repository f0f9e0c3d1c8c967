#include "solver_text.hpp"

#include <array>
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

}  // namespace

std::string solver_text(std::string_view stanza) {
  std::string out;
  for (const auto field : deciding)
    if (const auto value = quick_value(stanza, field); !value.empty())
      out += cat(field.substr(1), " ", on_one_line(value), "\n");
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
