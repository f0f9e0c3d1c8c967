// The content of a Python lock file, in one form for all formats: requirements.txt, pylock.toml, uv.lock and
// poetry.lock.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <lapstrake/packages/pip/version.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::packages::pip {

// Returns the text of a file of the project. `path` is relative to the folder that the path of the lock file is
// relative to, normalised; it may begin with `..` or `/`.
using TextReader = std::function<std::string(const std::string& path)>;

// A wheel that a lock file lists.
struct WheelFile {
  std::string name = {};                   // of the file, without folders: "flask-3.1.0-py3-none-any.whl"
  std::vector<Checksum> checksums = {};    // all that the lock file has, in its order
  std::optional<std::uint64_t> size = {};  // bytes
  std::string url = {};                    // as written; empty if the index has to be asked
  std::string path = {};                   // of a wheel in the project, relative to the folder of the lock file
  bool operator==(const WheelFile&) const = default;
};

struct PackageSource {
  enum class Kind {
    index,            // `text`: the URL of the index, or empty
    wheel,            // a wheel by URL or path
    folder,           // source code in a folder of the project, or another one
    version_control,  // a revision in git
    archive           // a source archive by URL or path
  } kind = Kind::index;
  std::string text = {};  // a path or URL, as written
  bool operator==(const PackageSource&) const = default;
};

// Why a package is wanted. Each part that is present must apply.
struct Condition {
  std::string group = {};            // one of the selected dependency groups; empty: always
  std::vector<Marker> markers = {};  // all of them hold
  bool operator==(const Condition&) const = default;
};

// An edge of uv.lock's graph. Version and source are present if packages of the same name must be distinguished.
struct Dependency {
  std::string name = {};  // normalised
  std::optional<Version> version = {};
  std::optional<PackageSource> source = {};
  std::vector<std::string> extras = {};  // of the package that it leads to, normalised
  std::optional<Marker> marker = {};
  bool operator==(const Dependency&) const = default;
};
using DependencyLists = std::map<std::string, std::vector<Dependency>>;  // by the name of an extra or group

struct LockedPackage {
  std::string name = {};                // normalised
  std::optional<Version> version = {};  // absent for source code
  PackageSource source = {};
  std::vector<Condition> conditions = {};  // wanted if one of them applies, or if there are none
  SpecifierSet requires_python = {};
  std::vector<WheelFile> files = {};     // empty: the index lists them
  std::vector<Checksum> checksums = {};  // of requirements.txt: a file must have one of these; empty: any file
  bool has_source_archive = false;
  std::vector<std::string> extras = {};  // requested by the packages that need it, normalised and sorted
  std::string where = {};                // "requirements.txt:3", "uv.lock"

  // For uv.lock only, which has a graph instead of conditions.
  std::vector<Dependency> dependencies = {};
  DependencyLists extra_dependencies = {}, group_dependencies = {};
  bool operator==(const LockedPackage&) const = default;
};

// A file that was read, for the digest of all inputs.
struct LockInput {
  std::string path = {}, text = {};
  bool operator==(const LockInput&) const = default;
};

struct LockedPackages {
  std::string file = {};                     // as given to the reader
  std::vector<LockedPackage> packages = {};  // in the order of the file
  std::optional<std::size_t> root = {};      // of uv.lock: the project, from which the graph is walked
  SpecifierSet requires_python = {};
  std::vector<Marker> environments = {};              // of pylock.toml: one of them must hold, if there are any
  std::vector<std::string> extras = {}, groups = {};  // that may be selected, normalised
  std::vector<std::string> default_groups = {};       // always selected
  std::vector<LockInput> inputs = {};                 // in the order in which they were read
  std::vector<std::string> notes = {};                // "requirements.txt:1: `--index-url` is ignored: ..."
};

}  // namespace lapstrake::packages::pip
