// `lapstrake.lock`: the digests of base images, in a file beside the spec; commit both.
//
//   {
//     "version": 1,
//     "bases": {
//       "docker.io/library/debian:12-slim": "sha256:...",
//       "oci:../base:v1": "sha256:..."
//     }
//   }
//
// One entry per line, sorted. For a multi-platform base it is the digest of the index. A base that is referenced by
// digest needs no entry. Names do not include mirrors.
#pragma once
#include <filesystem>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::app {

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

}  // namespace lapstrake::app
