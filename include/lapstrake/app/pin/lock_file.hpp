// `lapstrake.lock`: the digests of base images and of all files from other sources, in a file beside the spec; commit
// both.
//
//   {
//     "version": 2,
//     "images": {
//       "docker.io/library/debian:12-slim": "sha256:...",
//       "oci:../base:v1": "sha256:..."
//     },
//     "fetched": {
//       "https://example.com/tini-amd64": {"sha256": "...", "size": 21000}
//     },
//     "installs": {
//       "pip requirements.txt, cpython 3.11, glibc 2.36, x86_64": {
//         "inputs": "sha256:...",
//         "files": {
//           "flask-3.1.0-py3-none-any.whl": {"package": "flask", "version": "3.1.0", "sha256": "...", "size": 102979,
//                                            "why": "requirements.txt:1"}
//         }
//       },
//       "deb nginx, amd64": {
//         "inputs": "sha256:...",
//         "policy": "deb 1",
//         "suites": {
//           "bookworm": {"codename": "bookworm", "date": "2026-11-20T20:14:05Z", "release": "sha256:...",
//                        "signed_by": ["4CB50190207B4758A3F73A796ED0E7B82643E131"]}
//         },
//         "accounts": {
//           "redis": "100:101"
//         },
//         "files": {
//           "nginx_1.22.1-9_amd64.deb": {"package": "nginx", "version": "1.22.1-9", "architecture": "amd64",
//                                        "suite": "bookworm", "path": "pool/main/n/nginx/nginx_1.22.1-9_amd64.deb",
//                                        "sha256": "...", "size": 527000, "why": "requested"}
//         }
//       }
//     },
//     "edited": {
//       "api linux/amd64 /etc/php/8.2/fpm/php.ini": "sha256:..."
//     }
//   }
//
// One entry per line, sorted; empty sections are absent. For a multi-platform image it is the digest of the index. An
// image that is referenced by digest needs no entry. Names do not include mirrors or the hosts of package indexes.
// Version 1 had only the images, called `bases`; it is read, and written as version 2.
#pragma once
#include <filesystem>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::app {

struct Lock {
  std::map<std::string, oci::Digest> images{};
  packages::LockedPackages packages{};
  bool is_version_1 = false;  // as it was read
  bool operator==(const Lock&) const = default;
};

// Error{usage} with help if the text is not JSON, too long, from a newer lapstrake, or has an invalid name or digest.
// `what` names the file in errors.
Lock parse_lock(std::string_view text, std::string_view what);

std::string render(const Lock& lock);

std::filesystem::path lock_file(const spec::Project& project);

// Nothing if there is no lock file. A link that leads out of the spec's folder is followed if `allow_outside`.
// Error{usage} as above if it cannot be read.
std::optional<Lock> read_lock(const spec::Project& project, bool allow_outside);

}  // namespace lapstrake::app
