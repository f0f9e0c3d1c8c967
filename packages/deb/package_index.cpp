#include <algorithm>
#include <array>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <lapstrake/packages/deb/package_index.hpp>
#include <lapstrake/packages/deb/version.hpp>

#include "quick_value.hpp"

namespace lapstrake::packages::deb {
namespace {

Priority priority_named(std::string_view text) {
  constexpr std::array<std::string_view, 4> names{"required", "important", "standard", "optional"};
  const auto found = std::ranges::find(names, text);
  return static_cast<Priority>(found - names.begin());
}

bool is_safe(std::string_view path) {
  bool safe = !path.empty() && !path.starts_with('/') && path.size() < 1024 &&
              std::ranges::all_of(path, [](char c) { return c > ' ' && c != '\x7f'; });
  for_each_part(path, [&](std::string_view part) { return safe = safe && part != ".."; });
  return safe;
}

// The characters of deb-version(7). Other archives than Debian's have versions that begin with a letter.
bool is_version_text(std::string_view text) { return is_version(cat("0", text)) && !text.empty(); }

IndexedPackage package_of(const Stanza& stanza, std::string_view what) {
  const auto refuse = [&](std::string_view field) {
    throw Error(ErrorKind::integrity,
                cat(what, " has no valid `", field, "` for `", printable(stanza.value("Package"), 200), "`"),
                "use another mirror, or report it to the owner of the archive");
  };
  const auto digest = oci::Digest::parse(cat("sha256:", stanza.value("SHA256")));
  if (!digest) refuse("SHA256");
  IndexedPackage out{.name = std::string(stanza.value("Package")),
                     .version = std::string(stanza.value("Version")),
                     .architecture = std::string(stanza.value("Architecture")),
                     .path = std::string(stanza.value("Filename")),
                     .digest = *digest,
                     .priority = priority_named(stanza.value("Priority")),
                     .essential = stanza.value("Essential") == "yes"};
  if (!is_package_name(out.name)) refuse("Package");
  if (!is_version_text(out.version)) refuse("Version");
  if (!is_package_name(out.architecture)) refuse("Architecture");
  if (out.path.starts_with("./")) out.path.erase(0, 2);
  if (!is_safe(out.path)) refuse("Filename");
  const auto size = stanza.value("Size");
  const auto end = size.data() + size.size();
  if (const auto read = std::from_chars(size.data(), end, out.size); read.ec != std::errc() || read.ptr != end)
    refuse("Size");
  return out;
}

}  // namespace

PackageIndex::PackageIndex(std::string suite, std::string text, std::string what)
    : suite_(std::move(suite)), text_(std::move(text)), what_(std::move(what)) {
  const std::string_view all = text_;
  for (std::size_t at = 0; at < all.size();) {
    if (all[at] == '\n') {
      ++at;
      continue;
    }
    const auto end = std::min(all.find("\n\n", at), all.size() - 1) + 1;
    const auto name = quick_value(all.substr(at, end - at), "\nPackage:");
    if (name.empty())
      throw Error(ErrorKind::integrity, cat(what_, " has a paragraph without `Package`"),
                  "use another mirror, or report it to the owner of the archive");
    places_.push_back({.name = name, .offset = at, .size = end - at});
    at = end;
  }
  std::ranges::stable_sort(places_, {}, &Place::name);
}

std::span<const PackageIndex::Place> PackageIndex::places_of(std::string_view name) const {
  const auto first = std::ranges::lower_bound(places_, name, {}, &Place::name);
  const auto last = std::ranges::upper_bound(first, places_.end(), name, {}, &Place::name);
  return {first, last};
}

std::vector<IndexedPackage> PackageIndex::versions_of(std::string_view name) const {
  std::vector<IndexedPackage> out;
  for (const auto& place : places_of(name))
    out.push_back(package_of(single_stanza(std::string_view(text_).substr(place.offset, place.size), what_), what_));
  return out;
}

std::optional<IndexedPackage> PackageIndex::find(std::string_view name, std::string_view version,
                                                 std::string_view architecture) const {
  const auto text = stanza_of(name, version, architecture);
  if (text.empty()) return std::nullopt;
  return package_of(single_stanza(text, what_), what_);
}

std::string_view PackageIndex::stanza_of(std::string_view name, std::string_view version,
                                         std::string_view architecture) const {
  for (const auto& place : places_of(name)) {
    const auto stanza = std::string_view(text_).substr(place.offset, place.size);
    if (quick_value(stanza, "\nVersion:") == version && quick_value(stanza, "\nArchitecture:") == architecture)
      return stanza;
  }
  return {};
}

std::vector<IndexedPackage> PackageIndex::essential() const {
  std::vector<IndexedPackage> out;
  const std::string_view all = text_;
  for (const auto& place : places_) {
    const auto stanza = all.substr(place.offset, place.size);
    if (quick_value(stanza, "\nEssential:") == "yes") out.push_back(package_of(single_stanza(stanza, what_), what_));
  }
  return out;
}

std::vector<std::string_view> PackageIndex::names() const {
  std::vector<std::string_view> out;
  for (const auto& place : places_)
    if (out.empty() || out.back() != place.name) out.push_back(place.name);
  return out;
}

}  // namespace lapstrake::packages::deb
