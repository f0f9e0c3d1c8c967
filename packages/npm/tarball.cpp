#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <lapstrake/packages/npm/tarball.hpp>
#include <optional>
#include <unordered_map>

namespace lapstrake::packages::npm {
namespace {

constexpr std::size_t manifest_bytes = limits::json_bytes;

class Unpacker {
 public:
  Unpacker(std::string_view what, UnpackedArchiveWriter& out, std::uint64_t packed)
      : what_(what), out_(out), budget_(packed) {}

  void add(const layers::TarEntry& entry, const Source& data) {
    auto path = stripped(entry.path);
    if (entry.kind == layers::Kind::file && !entry.special && !path.empty())
      add_file(std::move(path), entry.mode, data);
  }

  const std::optional<std::string>& manifest() const { return manifest_; }

 private:
  [[noreturn]] void refuse(std::string_view path, std::string_view why) const {
    throw Error(ErrorKind::integrity, cat(what_, " has the entry `", printable(path, 300), "`, which ", why));
  }

  std::string stripped(std::string_view path) const {
    if (path.starts_with('/')) refuse(path, "has an absolute path");
    if (path.size() > limits::path_bytes) refuse(path, cat("is longer than ", limits::path_bytes, " bytes"));
    if (path.find('\0') != path.npos) refuse(path, "contains a NUL byte");
    std::string out;
    bool is_first = true;
    for_each_part(path, [&](std::string_view part) {
      if (part == "..") refuse(path, "contains `..`");
      if (!std::exchange(is_first, false)) out = joined(out, part);
      return true;
    });
    return out;
  }

  // Remembers that `path` is a folder or a file, and that those above it are folders.
  void claim(std::string_view path, bool is_folder) {
    const auto [at, is_new] = is_folder_.try_emplace(std::string(path), is_folder);
    if (at->second != is_folder) refuse(path, "is both a file and a folder");
    if (!is_new) return;
    budget_.keep(path, 2 * path.size() + 200);
    if (const auto parent = parent_of(path); !parent.empty()) claim(parent, true);
  }

  void add_file(std::string path, std::uint32_t mode, const Source& data) {
    const auto name = lapstrake::name_of(path);
    if (name == ".npmignore") ignores_.try_emplace(path, true);
    if (name == ".gitignore") {
      path = joined(parent_of(path), ".npmignore");
      if (ignores_.contains(path)) return;
    }
    claim(path, false);
    const auto sink = out_.add_file({.path = path, .mode = (mode | 0666) & 0755});
    if (path != "package.json") {
      drain(data, sink);
      return;
    }
    manifest_ = read_all(data, manifest_bytes, cat("package.json in ", what_));
    sink(as_bytes(*manifest_));
  }

  std::string_view what_;
  UnpackedArchiveWriter& out_;
  layers::TreeBudget budget_;
  std::unordered_map<std::string, bool> is_folder_, ignores_;
  std::optional<std::string> manifest_;
};

std::string_view plain_version(std::string_view version) {
  while (!version.empty() && std::string_view(" \t=v").find(version.front()) != std::string_view::npos)
    version.remove_prefix(1);
  return trim(version.substr(0, version.find('+')));
}

void compare(const Manifest& manifest, const ExpectedPackage& expected, std::string_view what) {
  const auto refuse = [&](std::string_view member, std::string_view found, std::string_view wanted) {
    throw Error(ErrorKind::integrity, cat(what, " contains another package"),
                "check the `resolved` URL in the lock file, and the registry")
        .because(cat("its package.json has the ", member, " `", printable(found, 214), "`, the lock file `",
                     printable(wanted, 214), "`"));
  };
  if (!expected.name.empty() && manifest.name != expected.name) refuse("name", manifest.name, expected.name);
  if (!expected.version.empty() && !is_same_version(manifest.version, expected.version))
    refuse("version", manifest.version, expected.version);
}

}  // namespace

bool is_same_version(std::string_view a, std::string_view b) { return plain_version(a) == plain_version(b); }

Manifest unpack_tarball(const Source& stream, std::string_view what, const ExpectedPackage& expected,
                        UnpackedArchiveWriter& out, const TarballOptions& options) {
  Unpacker unpacker(what, out, options.packed_bytes);
  const layers::ReadLimits limits{.most_bytes = limits::spooled_bytes_for(options.packed_bytes), .stop = options.stop};
  layers::read_tar(
      stream, what, [&](const layers::TarEntry& entry, const Source& data) { unpacker.add(entry, data); }, limits);
  if (!unpacker.manifest())
    throw Error(ErrorKind::integrity, cat(what, " contains no package.json"),
                "check the `resolved` URL in the lock file, and the registry");
  auto manifest = parse_manifest(*unpacker.manifest(), what);
  compare(manifest, expected, what);
  return manifest;
}

}  // namespace lapstrake::packages::npm
