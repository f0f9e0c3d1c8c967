// The Release file of a suite: which index files belong to it, and how old it is
// (wiki.debian.org/DebianRepository/Format).
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/oci/digest.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

using Time = std::chrono::sys_seconds;

struct IndexFile {
  oci::Digest digest;
  std::uint64_t size = 0;  // bytes
  bool operator==(const IndexFile&) const = default;
};

struct Release {
  std::string origin, label, suite, codename, version;
  Time date;
  std::optional<Time> valid_until;
  std::vector<std::string> architectures, components;
  bool acquire_by_hash = false;
  bool has_security_updates() const;  // Debian-Security and Ubuntu's -security suites, by label, suite and codename
  std::map<std::string, IndexFile> files;  // of the SHA256 section: "main/binary-amd64/Packages.xz"
  // The best Packages file of a component that we can read: .xz, .gz, uncompressed; nothing if there is none.
  std::optional<std::string> packages_file(std::string_view component, std::string_view architecture) const;
};

// `body`: verified text. Error{integrity} if Date, Suite or Codename, or SHA256 are missing or invalid, or if SHA256
// lists a file twice with different digests.
Release parse_release(std::string_view body, std::string_view what);

// Times as Release files have them: "Sat, 09 May 2026 08:41:11 UTC".
std::optional<Time> parse_time(std::string_view text);

struct Freshness {
  Time now;
  bool check_valid_until = true;
  // From the lock, if the suite is in it.
  std::optional<Time> locked_date = {};
  std::string locked_codename = {};
};
// Error{integrity}: expired (Valid-Until), from the future by more than an hour, older than the lock (a rollback), or
// another codename. `suite`: as asked for; it must be the Release's suite or codename.
void expect_fresh(const Release& release, std::string_view suite, std::string_view what, const Freshness& freshness);

}  // namespace lapstrake::packages::deb
