#include "requirement_entry.hpp"

#include <algorithm>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requirement.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <optional>

#include "file_values.hpp"

namespace lapstrake::packages::pip {
namespace {

using SourceKind = PackageSource::Kind;

Error entry_error(const std::string& place, std::string_view message, std::string help = {}) {
  return Error(ErrorKind::usage, cat(place, ": ", printable(message)), std::move(help));
}

// What the parser `parse` returns; its errors get the place.
template <class Parse>
auto parsed_at(const std::string& place, Parse&& parse) {
  try {
    return parse();
  } catch (const Error& failure) {
    throw entry_error(place, failure.summary(), failure.help()).because(failure.reason());
  }
}

std::vector<Checksum> hash_options(const RequirementLine& line, const std::string& place) {
  std::vector<Checksum> checksums;
  for (const auto& option : line.options) {
    if (option.name != "--hash") continue;
    const auto checksum = checksum_of(option.value);
    if (!checksum)
      throw entry_error(place, cat("`", option.value, "` is not a hash"), "write it as `--hash=sha256:HEX`");
    // pip's list of strong hashes.
    if (checksum->algorithm < HashAlgorithm::sha256)
      throw entry_error(place, cat("`", name_of(checksum->algorithm), "` is too weak"), "use sha256");
    checksums.push_back(*checksum);
  }
  return checksums;
}

// The version that the specifiers name, with `==` or `===`.
std::optional<Version> pinned_version(const SpecifierSet& specifiers, const std::string& place) {
  for (const auto& specifier : specifiers.specifiers()) {
    const bool is_exact =
        (specifier.op == VersionOperator::equal && !specifier.is_prefix) || specifier.op == VersionOperator::identical;
    const auto version = is_exact ? SpecifierSet({specifier}).pinned() : std::nullopt;
    if (!version) continue;
    if (!specifiers.contains(*version, PreReleases::allow))
      throw entry_error(place, cat("no version fits `", specifiers.text(), "`"));
    return version;
  }
  return std::nullopt;
}

bool is_version_control(std::string_view url) {
  const auto plus = url.find('+');
  return plus != std::string_view::npos && plus < url.find(':');
}

// A wheel by URL or path, with the hash of its fragment (`#sha256=...`).
void set_file(LockedPackage& package, std::string_view place_of_file, const std::string& place) {
  if (is_version_control(place_of_file))
    throw source_code_error(place, cat("`", place_of_file, "` is source code in version control"));
  const auto name = file_name_of(place_of_file);
  const auto wheel_name = WheelName::from_text(name);
  if (!wheel_name) throw source_code_error(place, cat("`", place_of_file, "` is not a wheel"));
  if (place_of_file.starts_with('/') || lower(place_of_file).starts_with("file:"))
    throw entry_error(place, cat("`", place_of_file, "` is outside of the project"),
                      "copy the wheel into the project and name it by a relative path");

  WheelFile wheel{.name = name, .checksums = package.checksums};
  const auto hash = place_of_file.find('#');
  if (hash != std::string_view::npos)
    if (const auto checksum = checksum_of(place_of_file.substr(hash + 1), '=')) wheel.checksums.push_back(*checksum);
  const auto without_hash = std::string(place_of_file.substr(0, hash));
  (has_scheme(without_hash) ? wheel.url : wheel.path) =
      has_scheme(without_hash) ? without_hash : clean_path(without_hash);
  if (package.name.empty()) package.name = normalized_name(wheel_name->name);
  if (package.name != normalized_name(wheel_name->name))
    throw entry_error(place, cat("`", name, "` is not a wheel of `", package.name, "`"));
  package.version = Version::from_text(wheel_name->version);
  package.source = {.kind = SourceKind::wheel, .text = without_hash};
  package.files.push_back(std::move(wheel));
}

// A bare URL or path, with extras and a marker after it: `./dist/x.whl[a] ; python_version < "3.12"`.
struct BareFile {
  std::string_view place, extras, marker;
};

BareFile bare_file(std::string_view text) {
  BareFile file;
  const auto semicolon = has_scheme(text) ? std::min(text.find(" ;"), text.find("; ")) : text.find(';');
  if (semicolon != std::string_view::npos) file.marker = trim(text.substr(text.find(';', semicolon) + 1));
  file.place = trim(text.substr(0, semicolon));
  const auto bracket = file.place.find('[');
  if (file.place.ends_with(']') && bracket != std::string_view::npos) {
    file.extras = file.place.substr(bracket + 1, file.place.size() - bracket - 2);
    file.place = trim(file.place.substr(0, bracket));
  }
  return file;
}

// pip takes a requirement for a path if it has a slash or is the name of an archive, unless it is `NAME @ URL`.
bool is_bare_file(std::string_view text) {
  const auto file = bare_file(text);
  const bool is_name_at_url = is_valid_name(trim(text.substr(0, text.find_first_of("@["))));
  if (text.find('@') != std::string_view::npos && is_name_at_url) return false;
  return file.place.find_first_of("/\\") != std::string_view::npos || file.place.starts_with('.') ||
         is_wheel_name(file.place) || file.place.ends_with(".tar.gz") || file.place.ends_with(".zip");
}

void set_bare_file(RequirementEntry& entry, const RequirementLine& line, const std::string& place) {
  const auto file = bare_file(line.requirement);
  set_file(entry.package, file.place, place);
  if (!file.extras.empty())
    entry.package.extras = normalized_names(split(replace_all(std::string(file.extras), " ", ""), ','));
  if (!file.marker.empty())
    entry.package.conditions.push_back({.markers = {parsed_at(place, [&] { return Marker::parse(file.marker); })}});
}

void set_requirement(RequirementEntry& entry, const RequirementLine& line, const std::string& place) {
  const auto requirement = parsed_at(place, [&] { return Requirement::parse(line.requirement); });
  entry.package.name = normalized_name(requirement.name);
  entry.package.extras = normalized_names(requirement.extras);
  if (requirement.marker) entry.package.conditions.push_back({.markers = {*requirement.marker}});
  entry.specifiers = requirement.specifiers;
  if (requirement.url.empty())
    entry.package.version = pinned_version(requirement.specifiers, place);
  else
    set_file(entry.package, requirement.url, place);
}

}  // namespace

bool RequirementEntry::has_hash() const {
  return !package.checksums.empty() || (!package.files.empty() && !package.files.front().checksums.empty());
}

Error source_code_error(const std::string& place, std::string_view what) {
  return entry_error(place, what,
                     "build it first (`pip wheel --no-deps -w wheels SOURCE`), and list the wheel: "
                     "`./wheels/NAME-VERSION-py3-none-any.whl --hash=sha256:...`");
}

RequirementEntry requirement_entry(const RequirementLine& line, const std::string& place) {
  RequirementEntry entry{.text = line.requirement};
  entry.package.where = place;
  entry.package.checksums = hash_options(line, place);
  if (is_bare_file(line.requirement))
    set_bare_file(entry, line, place);
  else
    set_requirement(entry, line, place);
  return entry;
}

}  // namespace lapstrake::packages::pip
