// The steps of a layer as the spec states them: values that `spec` fills and `layers` executes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/position.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::oci {

enum class Codec { none, gzip, zstd };
// Levels count from 1 to this one: libdeflate's for gzip, zstd's without its memory-hungry "ultra"; 0 for none.
int most_level(Codec codec);

struct Compression {
  Codec codec = Codec::gzip;
  std::optional<int> level;  // the codec's default when absent
  bool operator==(const Compression&) const = default;
};

// "33:33", "www-data", "www-data:33", "0": each half a number or a name that is looked up in the image's own accounts.
struct Owner {
  std::string user = "0",
              group = "0";  // a lone name gives the group of that user's passwd entry; a lone number N is N:N,
  bool group_given = true;  // as in docker's COPY --chown=33
};

// File capabilities ("cap_net_bind_service=ep", setcap's syntax) and other extended attributes, values as raw bytes.
using Xattrs = std::map<std::string, std::string>;

struct Copy {
  std::string from;  // relative to the spec's folder, with / between parts; a glob, a file or a folder
  std::string to;    // absolute; ends in "/": into that folder
  Owner owner;
  std::optional<std::uint32_t> mode, directory_mode;  // none: executable bit kept (0755/0644), folders 0755
  bool keep_mode = false;                             // `mode: keep`: the source's own bits, setuid and setgid included
  std::vector<std::string> include, exclude;          // .dockerignore's patterns, relative to `from`
  enum class Special { refuse, skip } special = Special::refuse;   // sockets, FIFOs, devices
  enum class Symlinks { keep, follow } symlinks = Symlinks::keep;  // follow: only inside the spec's folder
  bool keep_xattrs = false;                                        // `xattrs: keep`
  Position where;
};
struct File {
  std::string path, text;
  Owner owner;
  std::uint32_t mode = 0644;
  Xattrs xattrs;
  Position where;
};
struct Directory {
  std::string path;
  Owner owner;
  std::uint32_t mode = 0755;
  Position where;
};
struct Symlink {
  std::string path, target;
  Owner owner;
  Position where;
};
struct Archive {
  std::string from, to;  // tar, tar.gz, tar.bz2, tar.xz, tar.zst, zip by content, not by name
  unsigned strip_components = 0;
  std::optional<Owner> owner;  // none: the archive's own numbers
  std::vector<std::string> include, exclude;
  Position where;
};
struct Removal {
  std::string path;
  Position where;
};
// `capabilities:` of a layer: set on files that another step of the layer writes.
struct Capability {
  std::string path, capabilities;
  Position where;
};

struct LayerRecipe {
  std::string name;
  std::vector<Copy> copies;
  std::vector<File> files;
  std::vector<Directory> directories;
  std::vector<Symlink> symlinks;
  std::vector<Archive> archives;
  std::vector<Removal> removals;
  std::vector<Capability> capabilities;
  Position where;
};

struct User {
  std::string name;
  std::uint32_t uid = 0, gid = 0;
  std::string home = "/", shell = "/usr/sbin/nologin", comment;
  Position where;
};
struct Group {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;
  Position where;
};
struct Accounts {
  std::vector<User> users;
  std::vector<Group> groups;
};

}  // namespace lapstrake::oci
