// `lapstrake.lock`: the digests of base images, in a file beside the spec that is committed with it.
//
//   {
//     "version": 1,
//     "bases": {
//       "docker.io/library/debian:12-slim": "sha256:...",
//       "oci:../base:v1": "sha256:..."
//     }
//   }
//
// One entry per line, sorted. For a multi-platform base it is the digest of the index. A base by digest needs no entry.
// Names do not include mirrors.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

inline constexpr std::string_view lock_file_name = "lapstrake.lock";  // beside the spec

struct Lock {
  std::map<std::string, oci::Digest> bases{};
  bool operator==(const Lock&) const = default;
};

// Error{usage} with a cure if the text is not JSON, too long, from a newer lapstrake, or has an invalid name or digest.
// `what` names the file in errors.
Lock parse_lock(std::string_view text, std::string_view what);
std::string render(const Lock& lock);

std::filesystem::path lock_file(const spec::Project& project);
// Nothing if there is no lock file. A link that leads out of the spec's folder is followed if `allow_outside`.
// Error{usage} as above if it cannot be read.
std::optional<Lock> read_lock(const spec::Project& project, bool allow_outside);

// The name of a base in the lock: "docker.io/library/debian:12", or on disk relative to the spec's folder,
// "oci:../base:v1". Nothing for a base by digest.
std::optional<std::string> lock_name(const std::filesystem::path& folder, const oci::Reference& base);

// Sets the base digest of each image of `project` from the lock, so that no tag is resolved. Bases without an entry are
// reported; with Context::locked they are Error{usage}. Needs no network.
void pin_bases(const Context& context, spec::Project& project);

struct LockSettings {
  bool update = false;               // --update: update entries ...
  std::vector<std::string> names{};  // ... of these bases, or of the bases of these images; all if empty
  bool prune = false;  // --prune: remove entries that no environment uses, if all environments can be evaluated
};

struct LockChange {
  enum class Kind { added, moved, removed } kind;
  std::string base;
  std::optional<oci::Digest> before{}, after{};
};

// Resolves bases that have no entry yet, and writes the file if anything changed. Entries of other environments are
// kept. Error{usage} for a name that is not a base or an image, with the closest name.
std::vector<LockChange> lock(const Context& context, const spec::Project& project, const LockSettings& settings = {});

// The changes that lock() with `update` and `prune` would make, without writing: missing, moved and superfluous
// entries.
std::vector<LockChange> lock_drift(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
