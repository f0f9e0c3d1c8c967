// Install scripts: npm would run them, lapstrake does not. Each package that has one gets a verdict when it is locked.
#pragma once
#include <lapstrake/packages/npm/lock_file.hpp>
#include <lapstrake/packages/npm/manifest.hpp>
#include <lapstrake/packages/npm/select.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace lapstrake::packages::npm {

// The files of a package in an archive: of its own tarball, or of the tarball that bundles it.
struct PackageFiles {
  const UnpackedArchive& archive;
  std::string folder = {};  // "" or "node_modules/b"
  const Member* find(std::string_view path) const;
};
Manifest manifest_of(const PackageFiles& files);  // Error{integrity} when the package.json is missing or invalid

// What npm would run: "preinstall", "install" and "postinstall" with their commands. A binding.gyp without install and
// preinstall scripts, and without "gypfile": false, means `node-gyp rebuild`. `prepare` is not run for tarballs.
std::map<std::string, std::string> install_scripts(const Manifest& manifest, const PackageFiles& files);

struct ScriptRules {
  Target target;
  std::set<std::string> accepted = {};  // names of packages: `scripts: { accept: [...] }`
  std::string node_abi = {};            // process.versions.modules ("115"); empty: unknown, each one fits
};

struct ScriptVerdict {
  enum class Kind {
    prebuilt,  // the package has binaries for the target, or a package with them is installed
    cosmetic,  // the script only prints or reports something
    accepted,  // the user accepts that it is not run
    skipped    // the package is optional, so it is not installed: add its place to SelectOptions::failed
  } kind;
  std::string note;  // for the lock: "script prebuilt: prebuilds/linux-x64/a.node"
};

// Nothing for a package without install scripts. Error{usage} with the commands and the alternatives, for a required
// package whose script is not known to be unnecessary.
std::optional<ScriptVerdict> verdict(const LockedPackage& package, const PackageFiles& files, const LockFile& lock,
                                     const Selection& selection, const ScriptRules& rules);

// The file in prebuilds/ that node-gyp-build would load on the target. Files without a libc in their names are for
// glibc.
std::optional<std::string> prebuilt_binary(const PackageFiles& files, const ScriptRules& rules);
// Whether a program on the target may load this file of an image: false for addons in prebuilds/ for other platforms.
bool may_be_loaded(std::string_view path, const Target& target);
// Whether the command of this package is known to only print or report something.
bool is_cosmetic(std::string_view package, std::string_view command);

}  // namespace lapstrake::packages::npm
