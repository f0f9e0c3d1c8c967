#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/uv_lock.hpp>

#include "lock_values.hpp"
#include "toml.hpp"

namespace lapstrake::packages::pip {
namespace {

using SourceKind = PackageSource::Kind;

PackageSource uv_source(const TomlTable& table) {
  const auto source = table.table("source");
  if (!source) throw table.error("the key `source` is missing");
  if (source->has("registry")) return {.kind = SourceKind::index, .text = source->text("registry")};
  if (source->has("git")) return {.kind = SourceKind::version_control, .text = source->text("git")};
  for (const auto* key : {"url", "path"})
    if (source->has(key)) return file_source(source->text(key));
  for (const auto* key : {"virtual", "editable", "directory"})
    if (source->has(key)) return {.kind = SourceKind::folder, .text = source->text(key)};
  throw source->error("the source of the package is unknown", "lapstrake may be too old for this uv.lock");
}

// The path of a wheel in the project: below the folder that is the registry, or the source itself.
std::string uv_wheel_path(const TomlTable& wheel, const PackageSource& source) {
  if (source.kind == SourceKind::wheel && !has_scheme(source.text)) return source.text;
  const auto path = wheel.text("path");
  if (path.empty() || path.starts_with('/') || source.kind != SourceKind::index) return path;
  return clean_path(cat(source.text, "/", path));
}

WheelFile uv_wheel(const TomlTable& table, const PackageSource& source) {
  WheelFile wheel{.name = table.text("filename"),
                  .size = table.size("size"),
                  .url = table.text("url"),
                  .path = uv_wheel_path(table, source)};
  if (wheel.name.empty()) wheel.name = file_name_of(wheel.url.empty() ? wheel.path : wheel.url);
  if (!is_wheel_name(wheel.name) || !is_file_name(wheel.name))
    throw table.error(cat("`", wheel.name, "` is not the name of a wheel"));
  if (const auto checksum = checksum_of(table, "hash")) wheel.checksums.push_back(*checksum);
  return wheel;
}

// `extra` is a list since uv 0.4 and may be one string in older files.
std::vector<std::string> uv_extras(const TomlTable& dependency) {
  const auto* extra = dependency.find("extra");
  if (extra != nullptr && extra->kind == TomlValue::Kind::text) return {normalized_name(extra->text)};
  return normalized_names(dependency.texts("extra"));
}

std::vector<Dependency> uv_dependencies(const TomlTable& table, std::string_view key) {
  std::vector<Dependency> dependencies;
  for (const auto& entry : table.tables(key)) {
    Dependency dependency{.name = name_of(entry),
                          .version = version_of(entry),
                          .extras = uv_extras(entry),
                          .marker = marker_of(entry, "marker")};
    if (entry.has("source")) dependency.source = uv_source(entry);
    dependencies.push_back(std::move(dependency));
  }
  return dependencies;
}

DependencyLists uv_dependency_lists(const TomlTable& table, std::string_view key) {
  DependencyLists lists;
  const auto by_name = table.table(key);
  if (!by_name) return lists;
  for (const auto& name : by_name->keys()) lists[normalized_name(name)] = uv_dependencies(*by_name, name);
  return lists;
}

LockedPackage uv_package(const TomlTable& table, const std::string& where) {
  LockedPackage package{.name = name_of(table),
                        .version = version_of(table),
                        .source = uv_source(table),
                        .has_source_archive = table.has("sdist"),
                        .where = where,
                        .dependencies = uv_dependencies(table, "dependencies"),
                        .extra_dependencies = uv_dependency_lists(table, "optional-dependencies"),
                        .group_dependencies = uv_dependency_lists(table, "dev-dependencies")};
  for (const auto& wheel : table.tables("wheels")) package.files.push_back(uv_wheel(wheel, package.source));
  return package;
}

// Extras and groups without dependencies have no list, but are in the metadata.
void add_uv_names(const TomlTable& table, LockedPackages& locked) {
  const auto& project = locked.packages[*locked.root];
  for (const auto& [name, list] : project.extra_dependencies) locked.extras.push_back(name);
  for (const auto& [name, list] : project.group_dependencies) locked.groups.push_back(name);
  if (const auto metadata = table.table("metadata")) {
    for (const auto& name : metadata->texts("provides-extras")) locked.extras.push_back(name);
    if (const auto groups = metadata->table("requires-dev"))
      for (const auto& name : groups->keys()) locked.groups.push_back(name);
  }
  locked.extras = normalized_names(locked.extras);
  locked.groups = normalized_names(locked.groups);
}

std::size_t uv_root(const LockedPackages& locked, const std::string& project) {
  std::vector<std::string> members;
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < locked.packages.size(); ++i) {
    const auto& package = locked.packages[i];
    if (package.source.kind != SourceKind::folder) continue;
    members.push_back(package.name);
    if (project.empty() ? package.source.text == "." : package.name == normalized_name(project)) found.push_back(i);
  }
  if (found.empty() && project.empty() && members.size() == 1)
    return static_cast<std::size_t>(
        std::ranges::find(locked.packages, SourceKind::folder,
                          [](const LockedPackage& package) { return package.source.kind; }) -
        locked.packages.begin());
  if (found.size() == 1) return found.front();
  const auto names = printable(join(members, ", "));
  if (members.empty())
    throw Error(ErrorKind::usage, cat("`", printable(locked.file), "` has no project"),
                "lock a project with a `pyproject.toml`; for a script, use `uv export --script`");
  if (project.empty())
    throw Error(ErrorKind::usage, cat("`", printable(locked.file), "` has several projects: ", names),
                "name the project to install");
  throw Error(ErrorKind::usage, cat("`", printable(locked.file), "` has no project `", printable(project), "`"),
              cat("its projects are ", names));
}

}  // namespace

LockedPackages read_uv_lock(const std::string& file, std::string text, const std::string& project) {
  const auto root = parse_toml(text, file);
  const TomlTable document(root, file);
  if (document.size("version") != 1)
    throw document.error("the version of the lock file is not 1", "lapstrake may be too old for this uv.lock");
  LockedPackages locked{.file = file, .requires_python = python_of(document, "requires-python")};
  const auto tables = package_tables(document, "package");
  for (const auto& table : tables) locked.packages.push_back(uv_package(table, printable(file)));
  locked.root = uv_root(locked, project);
  add_uv_names(tables[*locked.root], locked);
  locked.inputs.push_back({.path = file, .text = std::move(text)});
  return locked;
}

}  // namespace lapstrake::packages::pip
