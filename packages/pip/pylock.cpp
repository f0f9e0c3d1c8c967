#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/pylock.hpp>

#include "lock_values.hpp"
#include "toml.hpp"

namespace lapstrake::packages::pip {
namespace {

void require_pylock_version(const TomlTable& document, LockedPackages& locked) {
  const auto text = document.required_text("lock-version");
  const auto version = Version::from_text(text);
  if (!version || version->release.front() != 1)
    throw document.error(cat("lock-version `", text, "` is not supported"),
                         "create the file with a tool that writes lock-version 1.0");
  if (*version != Version::parse("1.0"))
    locked.notes.push_back(cat(printable(locked.file), ": lock-version ", version->text(),
                               " is newer than 1.0; parts that lapstrake does not know are ignored"));
}

std::vector<Checksum> pylock_hashes(const TomlTable& file) {
  const auto table = file.table("hashes");
  if (!table || table->keys().empty()) throw file.error("the file has no `hashes`");
  std::vector<Checksum> checksums;
  for (const auto& key : table->keys()) {
    const auto algorithm = parse_hash_algorithm(lower(key));
    if (!algorithm) continue;
    const auto checksum = Checksum::from_hex(*algorithm, table->text(key));
    if (!checksum) throw table->error(cat("`", key, "` is not a hash: `", table->text(key), "`"));
    checksums.push_back(*checksum);
  }
  return checksums;
}

WheelFile pylock_wheel(const TomlTable& table) {
  WheelFile wheel{.name = table.text("name"),
                  .checksums = pylock_hashes(table),
                  .size = table.size("size"),
                  .url = table.text("url"),
                  .path = table.text("path")};
  if (wheel.url.empty() && wheel.path.empty()) throw table.error("the wheel has neither `url` nor `path`");
  if (wheel.name.empty()) wheel.name = file_name_of(wheel.path.empty() ? wheel.url : wheel.path);
  if (!is_wheel_name(wheel.name) || !is_file_name(wheel.name))
    throw table.error(cat("`", wheel.name, "` is not the name of a wheel"));
  return wheel;
}

// The wheel or source archive of `archive`.
PackageSource pylock_archive(const TomlTable& archive, LockedPackage& package) {
  const auto place = archive.has("path") ? archive.text("path") : archive.text("url");
  if (!is_wheel_name(file_name_of(place))) return {.kind = PackageSource::Kind::archive, .text = place};
  package.files.push_back(pylock_wheel(archive));
  return {.kind = PackageSource::Kind::wheel, .text = place};
}

std::string pylock_folder(const TomlTable& directory) {
  auto path = directory.required_text("path");
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const bool is_project = (path.empty() || path == ".") && directory.text("subdirectory").empty();
  return is_project ? "." : path;
}

PackageSource pylock_source(const TomlTable& table, LockedPackage& package) {
  if (const auto vcs = table.table("vcs"))
    return {.kind = PackageSource::Kind::version_control,
            .text = vcs->has("url") ? vcs->text("url") : vcs->text("path")};
  if (const auto directory = table.table("directory"))
    return {.kind = PackageSource::Kind::folder, .text = pylock_folder(*directory)};
  if (const auto archive = table.table("archive")) return pylock_archive(*archive, package);
  for (const auto& wheel : table.tables("wheels")) package.files.push_back(pylock_wheel(wheel));
  package.has_source_archive = table.has("sdist");
  return {.kind = PackageSource::Kind::index, .text = table.text("index")};
}

// "vcs", "directory", "archive" and "sdist and/or wheels" exclude each other.
void require_one_source(const TomlTable& table) {
  const int sources = int{table.has("vcs")} + int{table.has("directory")} + int{table.has("archive")} +
                      int{table.has("sdist") || table.has("wheels")};
  if (sources == 0)
    throw table.error("the package has no source: no `wheels`, `sdist`, `archive`, `directory` or `vcs`");
  if (sources > 1) throw table.error("the package has several sources that exclude each other");
}

LockedPackage pylock_package(const TomlTable& table, const std::string& where) {
  require_one_source(table);
  LockedPackage package{.name = name_of(table),
                        .version = version_of(table),
                        .requires_python = python_of(table, "requires-python"),
                        .where = where};
  if (const auto marker = marker_of(table, "marker")) package.conditions.push_back({.markers = {*marker}});
  package.source = pylock_source(table, package);
  return package;
}

}  // namespace

LockedPackages read_pylock(const std::string& file, std::string text) {
  const auto root = parse_toml(text, file);
  const TomlTable document(root, file);
  LockedPackages locked{.file = file};
  require_pylock_version(document, locked);
  locked.requires_python = python_of(document, "requires-python");
  for (const auto& marker : document.texts("environments"))
    locked.environments.push_back(parsed_marker(document, marker));
  locked.extras = normalized_names(document.texts("extras"));
  locked.groups = normalized_names(document.texts("dependency-groups"));
  locked.default_groups = normalized_names(document.texts("default-groups"));
  if (!document.has("packages")) throw document.error("the key `packages` is missing");
  for (const auto& table : package_tables(document, "packages"))
    locked.packages.push_back(pylock_package(table, printable(file)));
  locked.inputs.push_back({.path = file, .text = std::move(text)});
  return locked;
}

}  // namespace lapstrake::packages::pip
