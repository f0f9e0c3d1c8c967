#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/poetry_lock.hpp>
#include <map>

#include "lock_values.hpp"
#include "toml.hpp"

namespace lapstrake::packages::pip {
namespace {

using SourceKind = PackageSource::Kind;

PackageSource poetry_source(const TomlTable& table) {
  const auto source = table.table("source");
  if (!source) return {};
  const auto type = source->text("type");
  auto url = source->text("url");
  if (type == "legacy" || type == "pypi" || type.empty()) return {.kind = SourceKind::index, .text = url};
  if (type == "url" || type == "file") return file_source(std::move(url));
  if (type == "directory") return {.kind = SourceKind::folder, .text = url};
  return {.kind = SourceKind::version_control, .text = url};
}

// Wheels of `files`; the rest are source archives.
void add_poetry_files(const std::vector<TomlTable>& files, LockedPackage& package) {
  for (const auto& table : files) {
    const auto name = table.required_text("file");
    if (!is_file_name(name)) throw table.error(cat("`", name, "` is not the name of a file"));
    if (!is_wheel_name(name)) {
      package.has_source_archive = true;
      continue;
    }
    WheelFile wheel{.name = name};
    if (const auto checksum = checksum_of(table, "hash")) wheel.checksums.push_back(*checksum);
    if (package.source.kind == SourceKind::wheel)
      (has_scheme(package.source.text) ? wheel.url : wheel.path) = package.source.text;
    package.files.push_back(std::move(wheel));
  }
}

std::vector<Marker> poetry_markers(const TomlTable& table, const std::string& text) {
  if (text.empty()) return {};
  return {parsed_marker(table, text)};
}

// Lock-version 2.1: `groups`, and `markers` as one text or one for each group. 1.1 has a `category` instead.
std::vector<Condition> poetry_conditions(const TomlTable& table) {
  auto groups = normalized_names(table.texts("groups"));
  if (groups.empty() && !table.text("category").empty()) groups.push_back(normalized_name(table.text("category")));
  const auto* markers = table.find("markers");
  const bool is_common = markers == nullptr || markers->kind == TomlValue::Kind::text;
  const auto common = is_common ? table.text("markers") : std::string();
  std::vector<Condition> conditions;
  for (const auto& group : groups) conditions.push_back({.group = group, .markers = poetry_markers(table, common)});
  if (groups.empty() && !common.empty()) conditions.push_back({.markers = poetry_markers(table, common)});
  if (is_common) return conditions;
  const auto by_group = table.table("markers");
  std::map<std::string, std::string> texts;
  for (const auto& key : by_group->keys()) texts[normalized_name(key)] = by_group->text(key);
  for (auto& condition : conditions)
    if (const auto found = texts.find(condition.group); found != texts.end())
      condition.markers = poetry_markers(*by_group, found->second);
  return conditions;
}

LockedPackage poetry_package(const TomlTable& table, const std::string& where) {
  LockedPackage package{.name = name_of(table),
                        .version = version_of(table),
                        .source = poetry_source(table),
                        .conditions = poetry_conditions(table),
                        .where = where};
  // "*" and Poetry's own forms (`^3.8`) are not checked: Poetry did when it locked.
  if (const auto python = SpecifierSet::from_text(table.text("python-versions"))) package.requires_python = *python;
  add_poetry_files(table.tables("files"), package);
  return package;
}

Version supported_poetry_version(const TomlTable& document) {
  const auto metadata = document.table("metadata");
  if (!metadata) throw document.error("the table `metadata` is missing");
  const auto text = metadata->required_text("lock-version");
  const auto version = Version::from_text(text);
  const bool is_supported = version && version >= Version::parse("1.1") && version < Version::parse("3");
  if (!is_supported)
    throw metadata->error(cat("lock-version `", text, "` is not supported"), "run `poetry lock` with Poetry 2");
  return *version;
}

// Lock-version 1.1: the files of all packages are in `metadata.files`, by name.
void add_files_by_name(const TomlTable& document, LockedPackages& locked) {
  const auto files = document.table("metadata")->table("files");
  if (!files) return;
  std::multimap<std::string, std::string> keys;
  for (const auto& key : files->keys()) keys.emplace(normalized_name(key), key);
  for (auto& package : locked.packages)
    for (auto [at, end] = keys.equal_range(package.name); at != end; ++at)
      add_poetry_files(files->tables(at->second), package);
}

// Versions before 2.1 cannot say which packages an extra or group needs.
void drop_optional_packages(const std::vector<TomlTable>& tables, LockedPackages& locked) {
  std::vector<LockedPackage> kept;
  for (std::size_t i = 0; i < tables.size(); ++i)
    if (!tables[i].flag("optional")) kept.push_back(std::move(locked.packages[i]));
  locked.packages = std::move(kept);
  locked.notes.push_back(cat(printable(locked.file),
                             ": this lock-version does not record groups and markers: all packages that are not "
                             "optional are installed; run `poetry lock` with Poetry 2 to change that"));
}

void add_poetry_names(const TomlTable& document, LockedPackages& locked) {
  if (const auto extras = document.table("extras")) locked.extras = normalized_names(extras->keys());
  for (const auto& package : locked.packages)
    for (const auto& condition : package.conditions) locked.groups.push_back(condition.group);
  locked.groups = normalized_names(locked.groups);
  std::erase(locked.groups, "");
}

}  // namespace

LockedPackages read_poetry_lock(const std::string& file, std::string text) {
  const auto root = parse_toml(text, file);
  const TomlTable document(root, file);
  const auto version = supported_poetry_version(document);
  LockedPackages locked{.file = file, .default_groups = {"main"}};
  const auto tables = package_tables(document, "package");
  for (const auto& table : tables) locked.packages.push_back(poetry_package(table, printable(file)));
  if (version < Version::parse("2")) add_files_by_name(document, locked);
  if (version < Version::parse("2.1"))
    drop_optional_packages(tables, locked);
  else
    add_poetry_names(document, locked);
  const auto python = document.table("metadata")->text("python-versions");
  if (const auto rule = SpecifierSet::from_text(python)) locked.requires_python = *rule;
  locked.inputs.push_back({.path = file, .text = std::move(text)});
  return locked;
}

}  // namespace lapstrake::packages::pip
