// Unpacks the tarball of a package as npm does (npm/pacote, lib/fetcher.js).
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/packages/npm/manifest.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <stop_token>
#include <string>
#include <string_view>

namespace lapstrake::packages::npm {

// The name and version in the lock file. Empty texts are not compared.
struct ExpectedPackage {
  std::string name, version;
};

struct TarballOptions {
  std::uint64_t packed_bytes = 0;  // the size of the tarball: the limits grow with it (base/limits.hpp)
  std::stop_token stop = {};
};

// Reads the tarball (a tar, usually with gzip) to its end and writes its files to `out`, but does not finish it. The
// first part of each path is removed, whatever its name. Folders are dropped, so empty ones do not exist; so are links
// and special files. Modes are (mode | 0666) & 0755: without setuid, and writable by the owner; owners are 0:0.
// `.gitignore` becomes `.npmignore`, or is dropped if the folder had one before. Of two entries with one path, the last
// counts. `what` names the tarball in messages: "the tarball of `left-pad` 1.3.0".
// Error{integrity}: not such a tar, an absolute path or `..`, one path both a file and a folder, no package.json, or
// one with another name or version, beyond the limits.
Manifest unpack_tarball(const Source& stream, std::string_view what, const ExpectedPackage& expected,
                        UnpackedArchiveWriter& out, const TarballOptions& options = {});

// Compared without `v`, `=` and blanks before a version, and without `+build` after it (semver 10).
bool is_same_version(std::string_view a, std::string_view b);

}  // namespace lapstrake::packages::npm
