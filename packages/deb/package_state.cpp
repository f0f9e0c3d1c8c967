#include "package_state.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/version.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr std::array<std::string_view, 3> complete{"installed", "triggers-pending", "triggers-awaited"};
constexpr std::array<std::string_view, 5> incomplete{"not-installed", "config-files", "half-installed", "unpacked",
                                                     "half-configured"};

[[noreturn]] void refuse_paragraph(std::string_view what, std::string_view why) {
  throw Error(ErrorKind::integrity, cat(what, " ", why), "repair the image with dpkg, or choose another base");
}

}  // namespace

bool is_installed(const Stanza& stanza, std::string_view what) {
  const auto package = stanza.value("Package");
  if (!is_package_name(package))
    refuse_paragraph(
        what, cat("has a paragraph without a valid `Package`: `", printable(lines_of(stanza.text()).front(), 80), "`"));
  if (const auto status = stanza.find("Status")) {
    const auto words = words_of(*status);  // wanted, whether it is broken, state
    const auto state = words.size() == 3 ? lower(words[2]) : std::string();
    if (std::ranges::find(incomplete, state) != incomplete.end()) return false;
    if (std::ranges::find(complete, state) == complete.end())
      refuse_paragraph(what, cat("has no valid `Status` for `", package, "`: `", printable(*status, 80), "`"));
  }
  if (stanza.value("Version").empty()) refuse_paragraph(what, cat("has no `Version` for `", package, "`"));
  return true;
}

}  // namespace lapstrake::packages::deb
