#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/scripts.hpp>

namespace lapstrake::packages::npm {
namespace {

using Scripts = std::map<std::string, std::string>;
using Verdict = ScriptVerdict::Kind;

// An optional dependency for this platform only, as esbuild and sharp have it.
const LockedPackage* platform_package(const LockedPackage& package, const LockFile& lock, const Selection& selection) {
  for (const auto& [name, range] : package.optionally_required) {
    const auto* found = dependency(lock, package, name);
    if (found != nullptr && (!found->os.empty() || !found->cpu.empty()) && selection.find(found->place) != nullptr)
      return found;
  }
  return nullptr;
}

bool are_cosmetic(std::string_view package, const Scripts& scripts) {
  return std::ranges::all_of(scripts, [&](const auto& script) { return is_cosmetic(package, script.second); });
}

[[noreturn]] void refuse_scripts(const LockedPackage& package, const Scripts& scripts) {
  std::vector<std::string> lines;
  for (const auto& [event, command] : scripts) lines.push_back(cat(event, ": `", printable(command, 400), "`"));
  const auto name = printable(package.name, 214);
  throw Error(ErrorKind::usage,
              cat("the package `", name, "` ", printable(package.version, 80),
                  " has an install script, which lapstrake does not run"),
              cat("if the package works without it, add `scripts: { accept: [\"", name,
                  "\"] }` to the `npm:` step; else install the package in CI and copy its folder with `copy:`"))
      .because(join(lines, "; "));
}

}  // namespace

const Member* PackageFiles::find(std::string_view path) const { return archive.find(joined(folder, path)); }

Manifest manifest_of(const PackageFiles& files) {
  const auto* member = files.find("package.json");
  if (member == nullptr)
    throw Error(ErrorKind::integrity,
                cat(files.archive.what(), " contains no `", printable(joined(files.folder, "package.json"), 300), "`"));
  return parse_manifest(files.archive.text(*member, limits::json_bytes), files.archive.what());
}

Scripts install_scripts(const Manifest& manifest, const PackageFiles& files) {
  Scripts out;
  for (const std::string event : {"preinstall", "install", "postinstall"})
    if (const auto found = manifest.scripts.find(event); found != manifest.scripts.end() && !found->second.empty())
      out.insert(*found);
  const bool has_own = out.contains("install") || out.contains("preinstall");
  if (!has_own && !manifest.is_gyp_disabled && files.find("binding.gyp") != nullptr)
    out.emplace("install", "node-gyp rebuild");
  return out;
}

std::optional<ScriptVerdict> verdict(const LockedPackage& package, const PackageFiles& files, const LockFile& lock,
                                     const Selection& selection, const ScriptRules& rules) {
  const auto scripts = install_scripts(manifest_of(files), files);
  if (scripts.empty()) return std::nullopt;
  if (rules.accepted.contains(package.name)) return ScriptVerdict{Verdict::accepted, "script accepted"};
  if (are_cosmetic(package.name, scripts)) return ScriptVerdict{Verdict::cosmetic, "script cosmetic"};
  if (const auto binary = prebuilt_binary(files, rules))
    return ScriptVerdict{Verdict::prebuilt, cat("script prebuilt: ", *binary)};
  if (const auto* binary = platform_package(package, lock, selection))
    return ScriptVerdict{Verdict::prebuilt, cat("script prebuilt: ", binary->name)};
  if (package.optional) return ScriptVerdict{Verdict::skipped, "script skipped"};
  refuse_scripts(package, scripts);
}

}  // namespace lapstrake::packages::npm
