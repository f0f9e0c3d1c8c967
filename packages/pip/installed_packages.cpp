#include "installed_packages.hpp"

#include <lapstrake/base/text.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace lapstrake::packages::pip {
namespace {

using Versions = std::map<std::string, std::string, std::less<>>;

std::optional<std::string> database(const layers::BaseFiles& base, std::string_view path) {
  return base.text_of(base.follow(path));
}

// Calls `each` with the lines of a text, without their ends.
template <class Each>
void for_each_line(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    each(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

struct PackageStanza {
  std::string name = {}, version = {};
  bool is_installed = true;  // distroless images have no `Status:`
};

void add_stanza(PackageStanza& stanza, Versions& versions) {
  if (!stanza.name.empty() && !stanza.version.empty() && stanza.is_installed)
    versions.emplace(std::move(stanza.name), std::move(stanza.version));
  stanza = {};
}

// deb822: "Package: libc6", "Version: 2.36-9"; an empty line ends a stanza.
void read_dpkg(std::string_view text, Versions& versions) {
  PackageStanza stanza;
  for_each_line(text, [&](std::string_view line) {
    constexpr std::string_view package = "Package:", version = "Version:", status = "Status:";
    if (trim(line).empty())
      add_stanza(stanza, versions);
    else if (line.starts_with(package))
      stanza.name = std::string(trim(line.substr(package.size())));
    else if (line.starts_with(version))
      stanza.version = std::string(trim(line.substr(version.size())));
    else if (line.starts_with(status))
      stanza.is_installed = line.ends_with(" installed");
  });
  add_stanza(stanza, versions);
}

// apk: "P:musl", "V:1.2.4-r2"; an empty line ends a stanza.
void read_apk(std::string_view text, Versions& versions) {
  PackageStanza stanza;
  for_each_line(text, [&](std::string_view line) {
    if (trim(line).empty())
      add_stanza(stanza, versions);
    else if (line.starts_with("P:"))
      stanza.name = std::string(line.substr(2));
    else if (line.starts_with("V:"))
      stanza.version = std::string(line.substr(2));
  });
  add_stanza(stanza, versions);
}

}  // namespace

InstalledPackages installed_packages(const layers::BaseFiles& base) {
  InstalledPackages out;
  if (const auto text = database(base, "var/lib/dpkg/status")) read_dpkg(*text, out.dpkg);
  const auto folder = base.follow("var/lib/dpkg/status.d");
  for (const auto& name : base.names_in(folder))
    if (const auto text = database(base, cat(folder, "/", name))) read_dpkg(*text, out.dpkg);
  for (const auto* path : {"lib/apk/db/installed", "usr/lib/apk/db/installed"})
    if (const auto text = database(base, path)) read_apk(*text, out.apk);
  return out;
}

}  // namespace lapstrake::packages::pip
