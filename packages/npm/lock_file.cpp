#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/lock_file.hpp>
#include <nlohmann/json.hpp>

#include "json_members.hpp"
#include "places.hpp"

namespace lapstrake::packages::npm {
namespace {

void refuse_other_tools(std::string_view text, std::string_view what) {
  const auto head = trim(text.substr(0, 4096));
  if (head.starts_with('{')) return;
  if (head.find("# yarn lockfile v") != head.npos || head.find("__metadata:") != head.npos)
    throw Error(ErrorKind::usage, cat(what, " is a lock file of Yarn, which lapstrake does not read"),
                "write a package-lock.json with `npm install --package-lock-only`, or run `yarn install --production` "
                "in CI and copy node_modules with `copy:`");
  if (head.starts_with("lockfileVersion:"))
    throw Error(ErrorKind::usage, cat(what, " is a lock file of pnpm, which lapstrake does not read"),
                "run `pnpm deploy --prod DIR` in CI and copy DIR with `copy:`, or write a package-lock.json with `npm "
                "install --package-lock-only`");
}

nlohmann::json parse(std::string_view text, std::string_view what) {
  refuse_other_tools(text, what);
  try {
    return parse_json(text, what,
                      {.most_bytes = limits::package_lock_bytes, .most_values = limits::package_lock_values});
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, error.summary(), "write it again with `npm install --package-lock-only`")
        .because(error.reason());
  }
}

int version_of(const nlohmann::json& root, std::string_view what) {
  const auto* value = member(root, "lockfileVersion");
  const auto version = value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : 0;
  if (version == 2 || version == 3) return static_cast<int>(version);
  const bool is_old = version == 1 || (value == nullptr && member(root, "dependencies") != nullptr);
  throw Error(ErrorKind::usage,
              is_old        ? cat(what, " has lockfileVersion 1, which does not contain the layout of node_modules")
              : version > 3 ? cat(what, " has lockfileVersion ", version, "; lapstrake reads 2 and 3")
                            : cat(what, " is not a lock file of npm: it has no valid `lockfileVersion`"),
              "write it again with `npm install --package-lock-only --lockfile-version 3`");
}

// peerDependenciesMeta: { NAME: { optional: true } }
bool is_optional_peer(const nlohmann::json& package, const std::string& name) {
  const auto* meta = member(package, "peerDependenciesMeta");
  const auto* of_name = meta != nullptr ? member(*meta, name.c_str()) : nullptr;
  return of_name != nullptr && flag_member(*of_name, "optional");
}

void read_dependencies(LockedPackage& out, const nlohmann::json& package) {
  out.optionally_required = map_member(package, "optionalDependencies");
  for (const auto& [name, range] : map_member(package, "peerDependencies"))
    (is_optional_peer(package, name) ? out.optionally_required : out.required).emplace(name, range);
  for (const auto& [name, range] : map_member(package, "dependencies")) out.required.emplace(name, range);
  if (!out.is_in_node_modules())
    for (const auto& [name, range] : map_member(package, "devDependencies")) out.required.emplace(name, range);
  for (const auto& [name, range] : map_member(package, "optionalDependencies")) out.required.erase(name);
}

LockedPackage read_package(const std::string& place, const nlohmann::json& package) {
  LockedPackage out;
  out.place = place;
  out.name = text_member(package, "name");
  if (out.name.empty()) out.name = name_of_place(place);
  out.version = text_member(package, "version");
  out.resolved = text_member(package, "resolved");
  out.integrity = text_member(package, "integrity");
  out.link = flag_member(package, "link");
  out.dev = flag_member(package, "dev");
  out.optional = flag_member(package, "optional");
  out.dev_optional = flag_member(package, "devOptional");
  out.peer = flag_member(package, "peer");
  out.in_bundle = flag_member(package, "inBundle");
  out.extraneous = flag_member(package, "extraneous");
  out.has_install_script = flag_member(package, "hasInstallScript");
  out.os = texts_member(package, "os");
  out.cpu = texts_member(package, "cpu");
  out.libc = texts_member(package, "libc");
  out.engines = map_member(package, "engines");
  out.bin = bin_member(package, out.name);
  out.bundled = texts_member(package, "bundleDependencies");
  read_dependencies(out, package);
  return out;
}

// A folder outside of the project, "../lib": its packages matter only to links that are installed.
bool is_outside(std::string_view place) { return place == ".." || place.starts_with("../"); }

void check(const LockedPackage& package, std::string_view what) {
  std::string flaw = package.place.empty() ? std::string{} : flaw_of_place(package.place);
  if (!flaw.empty())
    throw Error(ErrorKind::usage, cat("the place `", printable(package.place, 300), "` in ", what, " ", flaw),
                "write the file again with `npm install --package-lock-only`");
  if (!package.is_in_node_modules()) return;
  flaw = flaw_of_name(package.name);
  if (!flaw.empty())
    throw Error(ErrorKind::usage, cat("the package name `", printable(package.name, 300), "` in ", what, " ", flaw),
                "write the file again with `npm install --package-lock-only`");
}

}  // namespace

bool LockedPackage::is_in_node_modules() const { return npm::is_in_node_modules(place); }

const LockedPackage* LockFile::find(std::string_view place) const {
  const auto found = std::ranges::lower_bound(packages, place, {}, &LockedPackage::place);
  return found != packages.end() && found->place == place ? &*found : nullptr;
}

const LockedPackage* dependency(const LockFile& lock, const LockedPackage& from, std::string_view name) {
  for (std::string_view folder = from.place;;) {
    if (const auto* found = lock.find(joined(folder, cat("node_modules/", name)))) return found;
    if (folder.empty()) return nullptr;
    folder = is_in_node_modules(folder) ? package_around(folder) : parent_of(folder);
  }
}

LockFile parse_lock_file(std::string_view text, std::string_view what) {
  const auto root = parse(text, what);
  if (!root.is_object()) throw Error(ErrorKind::usage, cat(what, " is not a JSON object"));
  LockFile out;
  out.lockfile_version = version_of(root, what);
  out.name = text_member(root, "name");
  out.version = text_member(root, "version");
  const auto* packages = member(root, "packages");
  if (packages == nullptr || !packages->is_object())
    throw Error(ErrorKind::usage, cat(what, " has no member `packages`"),
                "write it again with `npm install --package-lock-only`");
  for (const auto& [place, package] : packages->items()) {
    if (is_outside(place)) continue;
    out.packages.push_back(read_package(place, package));
    check(out.packages.back(), what);
  }
  std::ranges::sort(out.packages, {}, &LockedPackage::place);
  return out;
}

}  // namespace lapstrake::packages::npm
