// Entries of `lapstrake.lock` for packages: which files an install consists of, each with its digest.
#pragma once
#include <cstdint>
#include <lapstrake/oci/digest.hpp>
#include <map>
#include <string>
#include <vector>

namespace lapstrake::packages {

// An archive that the build takes unchanged: a wheel, an npm tarball, a fetched file.
struct LockedFile {
  // Unique in its install: the name of a wheel's file, the place of an npm package ("node_modules/a/node_modules/b"),
  // the URL of a fetched file.
  std::string name;
  std::string package = {}, version = {};  // as in the lock file of the ecosystem; empty for a fetched file
  oci::Digest digest;                      // ours: sha256 of the file
  std::uint64_t size = 0;                  // bytes
  // The checksum in the ecosystem's lock file, if it is not `digest`: npm's "sha512-..." (W3C Subresource Integrity).
  std::string integrity = {};
  // The URL in the user's lock file, or a path in the project, if the file is not from the index of the source. Never
  // the URL of an index or mirror.
  std::string url = {};
  // Of a Debian package: "amd64" or "all", the suite that it is from ("bookworm-security"), and where it is below the
  // URI of the source ("pool/main/n/nginx/nginx_1.22.1-9_amd64.deb").
  std::string architecture = {}, suite = {}, path = {};
  // Why it is installed: "requirements.txt:3", "needed by flask 3.1.0".
  std::string why = {};
  // The decision about it when it was locked: npm's "script cosmetic", "script accepted", the
  // class of a Debian package's maintainer scripts.
  std::string note = {};
  bool operator==(const LockedFile&) const = default;
};

// A suite of a Debian archive, as `lapstrake lock` read it: a later lock refuses an older one.
struct LockedSuite {
  std::string codename;
  std::string date;                    // of its Release file: "2026-11-20T20:14:05Z"
  oci::Digest release;                 // of the verified text of its InRelease file
  std::vector<std::string> signed_by;  // fingerprints of keys, upper-case hex
  bool operator==(const LockedSuite&) const = default;
};

// All files of one `pip:`, `npm:` or `deb:` step for one target.
struct LockedInstall {
  // "pip requirements.txt, cpython 3.11, glibc 2.36, x86_64": everything that decides which files are chosen, except
  // the content of the ecosystem's lock files.
  std::string name;
  oci::Digest inputs;             // of the content of the ecosystem's lock files: another one makes this entry stale
  std::vector<LockedFile> files;  // sorted by name
  // Of a `deb:` step: the suites that were read, by name, the users and groups that its packages create ("redis" ->
  // "100:101", "group ssl-cert" -> "102:102"), and the rules that chose its packages.
  std::map<std::string, LockedSuite> suites = {};
  std::map<std::string, std::string> accounts = {};
  std::string policy = {};
  bool operator==(const LockedInstall&) const = default;
};

// All entries of a lock except the digests of images.
struct LockedPackages {
  std::map<std::string, LockedInstall> installs = {};  // by name
  std::map<std::string, LockedFile> fetched = {};      // by URL
  // Files of bases that `edit:` changes, before the change, by name_of_edited().
  std::map<std::string, oci::Digest> edited = {};
  bool empty() const { return installs.empty() && fetched.empty() && edited.empty(); }
  bool operator==(const LockedPackages&) const = default;
};

}  // namespace lapstrake::packages
