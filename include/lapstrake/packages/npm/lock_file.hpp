// package-lock.json and npm-shrinkwrap.json, `lockfileVersion` 2 and 3: which package is at which place. The lock file
// decides the layout of node_modules: nothing is resolved or hoisted here.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::npm {

// A member of `packages`. docs.npmjs.com, "package-lock.json".
struct LockedPackage {
  // Relative to the project: "" (the project), "packages/web" (a workspace), "node_modules/a/node_modules/@scope/b".
  std::string place;
  std::string name;       // in the registry: differs from the last part of the place for an alias ("npm:NAME@VERSION")
  std::string version;    // may be empty
  std::string resolved;   // a URL, "file:x.tgz"; of a link, its target relative to the project; may be empty
  std::string integrity;  // may be empty
  bool link = false;      // a symbolic link to a workspace
  bool dev = false, optional = false, dev_optional = false, peer = false;
  bool in_bundle = false;   // part of the tarball of the package around it
  bool extraneous = false;  // no other package needs it
  bool has_install_script = false;
  std::vector<std::string> os = {}, cpu = {}, libc = {};  // "linux", "!win32"; empty: all
  std::map<std::string, std::string> engines = {};
  std::map<std::string, std::string> bin = {};  // command -> file in the package, both normalised as npm does
  std::vector<std::string> bundled = {};        // bundleDependencies
  // What it needs: name -> range. `required` has dependencies and peerDependencies, of the project and of workspaces
  // also devDependencies.
  std::map<std::string, std::string> required = {}, optionally_required = {};

  bool is_in_node_modules() const;  // all but the project and its workspaces
};

struct LockFile {
  std::string name, version;            // of the project
  int lockfile_version = 3;             // 2 or 3
  std::vector<LockedPackage> packages;  // sorted by place, bytewise
  const LockedPackage* find(std::string_view place) const;
};

// The package that `from` loads as `name`: in its own node_modules, or the nearest one around it. nullptr: missing.
const LockedPackage* dependency(const LockFile& lock, const LockedPackage& from, std::string_view name);

// `what` names the file in messages: "`app/package-lock.json`". Error{usage}: not JSON, another version, a lock file
// of yarn or pnpm, a place outside of the project or with an invalid package name, beyond the limits.
LockFile parse_lock_file(std::string_view text, std::string_view what);

}  // namespace lapstrake::packages::npm
