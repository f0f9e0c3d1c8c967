#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/package_selection.hpp>

#include "dependency_walk.hpp"

namespace lapstrake::packages::pip {
namespace {

// The names in their normal form. Error{usage} for one that is not in `known`.
std::set<std::string> known_names(std::string_view kind, const std::set<std::string>& names,
                                  const std::vector<std::string>& known, const std::string& file) {
  std::set<std::string> normal;
  for (const auto& name : names) {
    normal.insert(normalized_name(name));
    if (std::ranges::find(known, normalized_name(name)) != known.end()) continue;
    throw Error(ErrorKind::usage, cat("`", printable(file), "` has no ", kind, " `", printable(name), "`"),
                known.empty() ? cat("remove it, or create the file again with this ", kind)
                              : cat("it has ", printable(join(known, ", ")), "; create the file again if one is new"));
  }
  return normal;
}

// If the patch level is not known, a rule is met if some patch level meets it.
bool meets(const SpecifierSet& rule, const MarkerEnvironment& environment) {
  const auto is_met = [&](const std::string& version) {
    const auto python = Version::from_text(version);
    return python && rule.contains(*python, PreReleases::allow);
  };
  if (!environment.python_full_version.empty()) return is_met(environment.python_full_version);
  return is_met(environment.python_version + ".0") || is_met(environment.python_version + ".999999");
}

void require_python(std::string_view what, const SpecifierSet& rule, const MarkerEnvironment& environment,
                    std::string_view file) {
  if (meets(rule, environment)) return;
  const auto& python =
      environment.python_full_version.empty() ? environment.python_version : environment.python_full_version;
  throw Error(ErrorKind::usage,
              cat(what, " needs Python ", printable(rule.text()), ", but the image has ", printable(python)),
              cat("use a base image with another Python, or create `", printable(file), "` for this one"));
}

void require_environment(const LockedPackages& locked, const MarkerEnvironment& environment, const MarkerSets& sets) {
  if (locked.environments.empty()) return;
  const auto holds = [&](const Marker& marker) { return marker.holds(environment, sets); };
  if (std::ranges::any_of(locked.environments, holds)) return;
  throw Error(ErrorKind::usage,
              cat("`", printable(locked.file), "` was not made for Python ", printable(environment.python_version),
                  " on Linux ", printable(environment.platform_machine)),
              "create it again with this environment");
}

bool applies(const LockedPackage& package, const MarkerEnvironment& environment, const MarkerSets& sets) {
  if (package.conditions.empty()) return true;
  return std::ranges::any_of(package.conditions, [&](const Condition& condition) {
    if (!condition.group.empty() && !sets.dependency_groups.contains(condition.group)) return false;
    return std::ranges::all_of(condition.markers,
                               [&](const Marker& marker) { return marker.holds(environment, sets); });
  });
}

std::vector<LockedPackage> applicable(const LockedPackages& locked, const MarkerEnvironment& environment,
                                      const MarkerSets& sets) {
  std::vector<LockedPackage> packages;
  if (!locked.root) {
    std::ranges::copy_if(locked.packages, std::back_inserter(packages),
                         [&](const LockedPackage& package) { return applies(package, environment, sets); });
    return packages;
  }
  for (const auto& reached : reached_packages(locked, environment, sets.extras, sets.dependency_groups)) {
    packages.push_back(locked.packages[reached.index]);
    packages.back().extras.assign(reached.extras.begin(), reached.extras.end());
  }
  return packages;
}

std::string name_and_version(const LockedPackage& package) {
  return package.version ? cat(package.name, " ", package.version->text()) : package.name;
}

// Whether the entries install the same file: requirements.txt may repeat a line, with other extras.
bool is_same(const LockedPackage& one, const LockedPackage& other) {
  return one.version == other.version && one.source == other.source && one.files == other.files &&
         one.checksums == other.checksums;
}

// Sorted by name, one for each. Error{usage} for two that differ.
std::vector<LockedPackage> without_duplicates(std::vector<LockedPackage> packages) {
  std::ranges::stable_sort(packages, {}, &LockedPackage::name);
  std::vector<LockedPackage> unique;
  for (auto& package : packages) {
    if (unique.empty() || unique.back().name != package.name) {
      unique.push_back(std::move(package));
      continue;
    }
    auto& first = unique.back();
    if (!is_same(first, package))
      throw Error(
          ErrorKind::usage,
          cat("two entries apply to this image: ", printable(name_and_version(first)), " (", printable(first.where),
              ") and ", printable(name_and_version(package)), " (", printable(package.where), ")"),
          "remove one, or give them markers that exclude each other");
    first.extras.insert(first.extras.end(), package.extras.begin(), package.extras.end());
    std::ranges::sort(first.extras);
    first.extras.erase(std::unique(first.extras.begin(), first.extras.end()), first.extras.end());
  }
  return unique;
}

bool is_installable(const LockedPackage& package) {
  return package.source.kind == PackageSource::Kind::index || package.source.kind == PackageSource::Kind::wheel;
}

std::string described(const LockedPackage& package) {
  switch (package.source.kind) {
    case PackageSource::Kind::folder: return cat(package.name, " (folder ", package.source.text, ")");
    case PackageSource::Kind::version_control: return cat(package.name, " (version control)");
    default: return cat(package.name, " (source archive)");
  }
}

// Removes the folders that may be skipped. Error{usage} lists all other source code.
void remove_source_code(SelectedPackages& selected, const LockedPackages& locked, PackageSelection::Folders folders) {
  std::vector<std::string> refused;
  for (const auto& package : selected.packages) {
    if (is_installable(package)) continue;
    const bool is_folder = package.source.kind == PackageSource::Kind::folder;
    // The project itself, which the image gets by `copy:` (PEP 751 allows to ignore that it is editable).
    if (is_folder && (package.source.text == "." || folders == PackageSelection::Folders::skip))
      selected.notes.push_back(
          cat(package.where, ": ", printable(described(package)), " is not installed: copy its files"));
    else
      refused.push_back(described(package));
  }
  if (!refused.empty())
    throw Error(ErrorKind::usage,
                cat("`", printable(locked.file),
                    "` needs packages that exist only as source code: ", printable(join(refused, ", "), 4096)),
                "build each into a wheel and lock that; or copy the code, and lock without it "
                "(`uv export --no-dev --no-emit-local --format pylock.toml`)");
  std::erase_if(selected.packages, [](const LockedPackage& package) { return !is_installable(package); });
}

}  // namespace

SelectedPackages packages_for(const LockedPackages& locked, const PackageSelection& selection) {
  const auto& environment = selection.environment;
  MarkerSets sets{.extras = known_names("extra", selection.extras, locked.extras, locked.file),
                  .dependency_groups = known_names("dependency group", selection.groups, locked.groups, locked.file)};
  sets.dependency_groups.insert(locked.default_groups.begin(), locked.default_groups.end());
  require_python(cat("`", printable(locked.file), "`"), locked.requires_python, environment, locked.file);
  require_environment(locked, environment, sets);

  SelectedPackages selected{.packages = applicable(locked, environment, sets)};
  for (const auto& package : selected.packages)
    require_python(printable(name_and_version(package)), package.requires_python, environment, locked.file);
  selected.packages = without_duplicates(std::move(selected.packages));
  remove_source_code(selected, locked, selection.folders);
  return selected;
}

}  // namespace lapstrake::packages::pip
