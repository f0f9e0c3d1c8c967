// Which packages of a lock file are installed for one target.
#pragma once
#include <lapstrake/packages/npm/lock_file.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::npm {

// With the names of Node.js (process.platform, process.arch).
struct Target {
  std::string os = "linux";
  std::string cpu;             // "x64", "arm64"
  std::string libc = "glibc";  // or "musl"
};
// Node's name of an OCI architecture: amd64 -> x64, 386 -> ia32, ppc64le -> ppc64; others are the same.
std::string cpu_of(std::string_view architecture);

struct SelectOptions {
  Target target;
  bool omit_dev = true, omit_optional = false, omit_peer = false;  // npm's --omit
  // Places of optional packages that cannot be installed (their install script would have to run).
  std::set<std::string> failed = {};
};
// From `omit:` of the spec. Error{usage} for another word than dev, optional or peer.
SelectOptions select_options(Target target, const std::vector<std::string>& omit);

enum class SkipReason { omitted, other_platform, needed_by_skipped, inside_skipped, extraneous };
struct Skipped {
  std::string place;
  SkipReason reason;
};
struct Selection {
  std::vector<LockedPackage> packages;  // sorted by place; also bundled packages, and links with their target's `bin`
  std::vector<Skipped> skipped;         // sorted by place
  const LockedPackage* find(std::string_view place) const;
};

// As `npm ci` chooses: an optional package that excludes the target is skipped, with the packages that only it needs
// (arborist, optional-set.js). Error{usage}: a required package that excludes the target, or a link that leads out of
// the project. `engines` is not compared, since the version of Node is not known here.
Selection select(const LockFile& lock, const SelectOptions& options);

// Whether a list of `os`, `cpu` or `libc` allows the value: "any", "x64", "!arm64" (npm-install-checks).
bool admits(const std::vector<std::string>& list, std::string_view value);
bool admits(const LockedPackage& package, const Target& target);

}  // namespace lapstrake::packages::npm
