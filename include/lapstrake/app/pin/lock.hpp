// Pins the base images of a spec to the digests in `lapstrake.lock` (lock_file.hpp), and resolves missing ones.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/pin/lock_change.hpp>
#include <lapstrake/app/pin/lock_file.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// Sets the base digest of each image of `project` from the lock, so that no tag is resolved, and the packages of the
// run (Run::packages). Bases without an entry are reported; with BaseSettings::locked they are Error{usage}. Needs no
// network.
void pin_bases(const Context& context, spec::Project& project);

struct LockSettings {
  bool update = false;               // --update: update entries ...
  std::vector<std::string> names{};  // ... of these bases, images or packages; all if empty
  bool prune = false;  // --prune: remove entries that no environment uses, if all environments can be evaluated
};

// Resolves bases and packages that have no entry yet or whose lock file changed, and writes the file if anything
// changed. Entries of other environments are kept. Error{usage} for a name that is not a base, an image or a package,
// with the closest name.
std::vector<LockChange> lock(const Context& context, const spec::Project& project, const LockSettings& settings = {});

// The changes that lock() with `update` and `prune` would make, without writing: missing, moved and superfluous
// entries.
std::vector<LockChange> lock_drift(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
