// `lapstrake.lock`: what the names of bases were found to be, in a file beside the spec that is reviewed with it.
//
//   {
//     "version": 1,
//     "bases": {
//       "docker.io/library/debian:12-slim": "sha256:...",
//       "oci:../base:v1": "sha256:..."
//     }
//   }
//
// One entry a line, sorted. The digest is that of what the name stands for: an index stays one, so that all platforms
// come from it. A base by digest needs no entry. Mirrors are no part of a name.
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

inline constexpr std::string_view lock_file_name = "lapstrake.lock";  // beside the spec, whatever that is called

struct Lock {
  std::map<std::string, oci::Digest> bases{};
  bool operator==(const Lock&) const = default;
};

// `what` names the file in the Error{usage}, which carries the cure: not JSON, too long, of a newer lapstrake, a name
// or a digest that is none.
Lock parse_lock(std::string_view text, std::string_view what);
std::string render(const Lock& lock);

std::filesystem::path lock_file(const spec::Project& project);
// Nothing when there is none; a link that leads out of the spec's folder is followed if `allow_outside`. What cannot be
// read is Error{usage} as above.
std::optional<Lock> read_lock(const spec::Project& project, bool allow_outside);

// What the lock calls a base: "docker.io/library/debian:12", or on disk relative to the spec's folder,
// "oci:../base:v1". Nothing for one by digest.
std::optional<std::string> lock_name(const std::filesystem::path& folder, const oci::Reference& base);

// Gives each image of `project` the digest that the lock has for its base, so that no tag is asked for. With
// Context::locked Error{usage} listing the bases that have none; without, they are told. No network.
void pin_bases(const Context& context, spec::Project& project);

struct LockSettings {
  bool update = false;               // --update: moves entries ...
  std::vector<std::string> names{};  // ... of these bases, or images' bases; all, if none
  bool prune = false;  // --prune: drops entries of bases that no image of any environment has, if all can be told
};

struct LockChange {
  enum class Kind { added, moved, removed } kind;
  std::string base;
  std::optional<oci::Digest> before{}, after{};
};

// Resolves the bases of the images that have no entry yet, and writes the file if anything changed. Entries of other
// environments stay. Error{usage} for a name that is no base and no image, with the nearest.
std::vector<LockChange> lock(const Context& context, const spec::Project& project, const LockSettings& settings = {});

// What lock() with `update` and `prune` would do, with nothing written: what is missing, has moved, is superfluous.
std::vector<LockChange> lock_drift(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
