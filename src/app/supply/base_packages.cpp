#include "base_packages.hpp"

#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/database.hpp>

namespace lapstrake::app {
namespace {

namespace deb = packages::deb;
using packages::sbom::Component;

// "Debian Nginx Maintainers <pkg-nginx@example.org>": addresses stay out of the document.
std::string name_in(std::string_view maintainer) {
  return std::string(trim(maintainer.substr(0, maintainer.find('<'))));
}

// "openssl", "openssl (3.0.11-1)"
void set_source(std::string_view source, packages::sbom::SystemPackage& package) {
  const auto open = source.find('(');
  const std::string name(trim(source.substr(0, open)));
  std::string version;
  if (open != source.npos) version = trim(source.substr(open + 1, source.find(')', open) - open - 1));
  if (name.empty() || (name == package.name && (version.empty() || version == package.version))) return;
  package.source = name;
  package.source_version = version.empty() ? package.version : version;
}

ListedPackage listed_deb(const deb::Stanza& stanza) {
  ListedPackage out{.package = {.name = std::string(stanza.value("Package")),
                                .version = std::string(stanza.value("Version")),
                                .architecture = std::string(stanza.value("Architecture"))},
                    .supplier = name_in(stanza.value("Maintainer"))};
  set_source(stanza.value("Source"), out.package);
  return out;
}

// Distroless images have no `Status`.
bool is_installed(const deb::Stanza& stanza) {
  const auto status = stanza.find("Status");
  return !status || status->ends_with(" installed");
}

// The lines of apk's database: "P:busybox", "V:1.36.1-r5", "A:x86_64", "L:GPL-2.0-only", "o:busybox", "m:NAME <...>".
void add_field(std::string_view line, ListedPackage& to) {
  if (line.size() < 2 || line[1] != ':') return;
  const std::string value(line.substr(2));
  switch (line[0]) {
    case 'P': to.package.name = value; break;
    case 'V': to.package.version = value; break;
    case 'A': to.package.architecture = value; break;
    case 'L': to.license = value; break;
    case 'o': to.package.source = value; break;
    case 'm': to.supplier = name_in(value); break;
    default: break;
  }
}

void add_apk_packages(std::string_view database, std::vector<ListedPackage>& to) {
  const ListedPackage empty{.package = {}, .kind = Component::Kind::apk};
  auto one = empty;
  const auto add = [&] {
    auto& package = one.package;
    if (package.source == package.name) package.source.clear();
    if (!package.source.empty()) package.source_version = package.version;
    if (!package.name.empty() && !package.version.empty()) to.push_back(std::move(one));
    one = empty;
  };
  for (const auto& line : split(database, '\n'))
    if (line.empty())
      add();
    else
      add_field(line, one);
  add();
}

}  // namespace

ListedPackage listed_deb(std::string_view control, std::string_view what) {
  return listed_deb(deb::single_stanza(control, what));
}

std::vector<ListedPackage> system_packages_of(const layers::BaseFiles& base) {
  std::vector<ListedPackage> out;
  deb::for_each_stanza(deb::installed_packages(base), "dpkg's database of the base", [&](const deb::Stanza& stanza) {
    if (is_installed(stanza)) out.push_back(listed_deb(stanza));
  });
  for (const auto* path : {"lib/apk/db/installed", "usr/lib/apk/db/installed"})
    if (const auto text = base.text_of(path)) add_apk_packages(*text, out);
  return out;
}

std::vector<Component> python_packages_of(const layers::BaseFiles& base) {
  constexpr std::string_view ending = ".dist-info", metadata = "METADATA";
  std::vector<Component> out;
  base.for_each_below("", [&](const std::string& path, const layers::BaseFiles::Node&) {
    if (lapstrake::name_of(path) != metadata || path.starts_with("usr/lib/python3")) return;
    auto folder = lapstrake::name_of(lapstrake::parent_of(path));
    if (!folder.ends_with(ending)) return;
    folder.remove_suffix(ending.size());
    const auto dash = folder.find('-');
    if (dash == folder.npos) return;
    const auto name = replace_all(lower(folder.substr(0, dash)), "_", "-");
    const std::string version(folder.substr(dash + 1));
    out.push_back({.kind = Component::Kind::python,
                   .name = name,
                   .version = version,
                   .purl = packages::sbom::pypi_purl(name, version).text()});
  });
  return out;
}

Component component_of(const ListedPackage& listed, const packages::sbom::Distribution& distribution) {
  const auto& package = listed.package;
  const bool is_deb = listed.kind == Component::Kind::deb;
  const auto purl =
      is_deb ? packages::sbom::deb_purl(package, distribution) : packages::sbom::apk_purl(package, distribution);
  return {.kind = listed.kind,
          .name = package.name,
          .version = package.version,
          .architecture = package.architecture,
          .purl = purl.text(),
          .license = listed.license,
          .supplier = listed.supplier,
          .source = package.source,
          .source_version = package.source_version};
}

}  // namespace lapstrake::app
