#include "package_components.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/url.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/npm/manifest.hpp>
#include <lapstrake/packages/pip/metadata.hpp>

#include "distribution.hpp"

namespace lapstrake::app {
namespace {

namespace sbom = packages::sbom;
using sbom::Component;

std::string license_of_wheel(const packages::UnpackedArchive& archive) {
  constexpr std::string_view ending = ".dist-info/METADATA";
  for (const auto& member : archive.members())
    if (member.path.ends_with(ending) && member.path.find('/') + ending.size() == member.path.size() + ending.find('/'))
      return packages::pip::parse_metadata(archive.text(member), archive.what()).license;
  return {};
}

std::string license_of_tarball(const packages::UnpackedArchive& archive) {
  const auto* member = archive.find("package.json");
  return member == nullptr ? "" : packages::npm::parse_manifest(archive.text(*member), archive.what()).license;
}

std::string text_in(const packages::UnpackedArchive& archive, std::string_view folder, std::string_view path) {
  const auto* member = archive.find(cat(folder, "/", path));
  return member == nullptr || member->kind != layers::Kind::file ? std::string() : archive.text(*member);
}

}  // namespace

Component component_of(const InstalledPackage& package) {
  const auto& file = package.file;
  Component out{.name = file.package, .version = file.version, .why = file.why};
  if (package.kind == InstalledPackage::Kind::wheel) {
    out.kind = Component::Kind::python;
    out.purl = sbom::pypi_purl(file.package, file.version).text();
    out.license = license_of_wheel(package.archive);
  } else {
    out.kind = Component::Kind::npm;
    out.purl = sbom::npm_purl(file.package, file.version).text();
    out.license = license_of_tarball(package.archive);
  }
  add_archive(file, out);
  return out;
}

ListedPackage listed_deb(const InstalledPackage& package) {
  return listed_deb(text_in(package.archive, packages::deb::control_folder, "control"), package.archive.what());
}

std::optional<sbom::Distribution> distribution_in(const InstalledPackage& package) {
  for (const auto* path : {"usr/lib/os-release", "etc/os-release"})
    if (const auto text = text_in(package.archive, packages::deb::data_folder, path); !text.empty())
      return parse_os_release(text);
  return std::nullopt;
}

void add_archive(const packages::LockedFile& file, Component& to) {
  constexpr std::string_view sha512 = "sha512-";
  to.digest = file.digest;
  if (file.integrity.starts_with(sha512))
    if (const auto bytes = base64_decode(std::string_view(file.integrity).substr(sha512.size())))
      to.sha512 = hex(as_bytes(*bytes));
  if (file.url.starts_with("http://") || file.url.starts_with("https://")) to.url = public_url(file.url);
}

std::string public_url(const std::string& url) {
  auto parsed = http::parse_url(url);
  parsed.query.clear();
  return parsed.text();
}

}  // namespace lapstrake::app
