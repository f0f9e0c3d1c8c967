// The suites of Debian archives: verified Release files, and the indexes of their packages.
#pragma once
#include <lapstrake/app/packages/apt_sources.hpp>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/packages/deb/package_index.hpp>
#include <lapstrake/packages/deb/release.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace lapstrake::app {

struct DebSuite {
  DebSource source;
  packages::LockedSuite locked;
  bool has_security_updates = false;
  std::vector<std::shared_ptr<const packages::deb::PackageIndex>> indexes;  // of its components
};

// Reads each suite once in a run.
class DebSuites {
 public:
  // `known`: suites that the lock has: older ones are refused.
  DebSuites(const PackageRun& run, const packages::LockedPackages& known);

  // Error{integrity}: a signature is missing or invalid, the Release file is expired or older than that of the lock, an
  // index differs from the Release file. Error{network}, Error{input} offline.
  const DebSuite& suite(const DebSource& source, const std::string& architecture);

 private:
  DebSuite read(const DebSource& source, const std::string& architecture) const;
  std::string packages_text(const DebSource& source, const packages::deb::IndexFile& file, std::string_view path,
                            bool by_hash) const;

  const PackageRun& run_;
  std::map<std::string, packages::LockedSuite> known_;
  std::map<std::tuple<std::string, std::string, std::string>, DebSuite> suites_;  // by name, URI, architecture
};

// A file of the archive, "dists/bookworm/InRelease", of at most `most` bytes.
std::string text_of_archive(const PackageRun& run, const DebSource& source, const std::string& path, std::size_t most);
// The file with this digest, in the store.
std::filesystem::path take_from_archive(const PackageRun& run, const DebSource& source, const std::string& path,
                                        const oci::Digest& digest, std::uint64_t size, const std::string& what);

}  // namespace lapstrake::app
