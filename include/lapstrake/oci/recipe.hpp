// The steps of a layer as the spec states them: values that `spec` fills and `layers` executes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/position.hpp>
#include <lapstrake/oci/reference.hpp>
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
  std::string path;  // of a lower layer; a glob, in which `\` makes the next character literal
  Position where;
};
// `pip:` installs the wheels of a lock file.
struct Pip {
  std::string lock;                 // requirements.txt, pylock.toml, uv.lock or poetry.lock, relative to the spec
  std::string into = "/opt/venv";   // a virtual environment; "system": the site-packages of the base's Python
  std::vector<std::string> extras;  // of the project, for lock files that have them
  std::optional<std::vector<std::string>> groups;  // the lock file's default groups when absent
  std::optional<std::string> python, libc;         // "3.11", "glibc-2.36", "musl-1.2"; read from the base when absent
  std::string source = "host";                     // a key of `sources:`
  Owner owner;
  Position where;
};
// `deb:` installs Debian packages.
struct Deb {
  std::string suite;                 // "bookworm"; that of the source, or of this machine, when empty
  std::vector<std::string> install;  // "nginx", "nginx (>= 1.22)", "./dist/tool_1.0_amd64.deb": paths end in .deb
  enum class Base { automatic, minimal, essential, image } base = Base::automatic;
  bool recommends = false;
  std::vector<std::string> prefer, exclude;
  bool docs = false;                  // whether manual pages and documentation are kept
  std::vector<std::string> accepted;  // packages that work although their maintainer scripts do not run
  std::vector<std::string> sources;   // keys of `sources:`; all of type deb when empty, else "host"
  Position where;
};
// `npm:` installs the tarballs of a package-lock.json.
struct Npm {
  std::string lock;                           // package-lock.json or npm-shrinkwrap.json, relative to the spec
  std::string into;                           // "/app/node_modules": always a folder of this name
  std::vector<std::string> omit{"dev"};       // dev, optional, peer
  std::vector<std::string> accepted_scripts;  // packages whose install scripts need not run
  std::optional<std::string> libc;            // "glibc", "musl"; read from the base when absent
  std::string source = "host";
  Owner owner;
  Position where;
};
// A file from a URL.
struct Fetch {
  std::string url;                               // with `${platform.arch}` and so on, expanded for each platform
  std::optional<std::string> sha256;             // lower-case hex; from `lapstrake.lock` when absent
  std::map<std::string, std::string> sha256_of;  // by platform ("linux/arm64"), instead of `sha256`
  std::string to;                                // ends in "/": into that folder
  std::optional<Owner> owner;                    // 0:0 when absent; with `unpack`, the archive's own numbers
  std::optional<std::uint32_t> mode;             // 0644 when absent; with `unpack`, the archive's own
  bool unpack = false;                           // as `archives:` does
  unsigned strip_components = 0;
  std::vector<std::string> include, exclude;  // with `unpack`
  Position where;
};
// A file or folder of another image: COPY --from.
struct FromImage {
  std::string image;                   // as written: a reference, or the name of an image of the spec
  std::optional<Reference> reference;  // none: an image of the spec; a path on disk includes the spec's folder
  std::optional<Digest> pin;           // the digest that the reference must have: app::pin_bases() sets it
  std::string path, to;                // `to` ends in "/": into that folder
  std::optional<Owner> owner;          // that of the other image when absent, by number
  std::optional<std::uint32_t> mode;
  std::vector<std::string> include, exclude;
  Position where;
};
// A change to a file that a lower layer has.
struct Edit {
  std::string path;
  std::string append;                  // added at the end, unless `replace` is set
  std::optional<std::string> replace;  // exact text ...
  std::string with;                    // ... and what replaces it
  unsigned times = 1;                  // how often `replace` must occur
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
  std::optional<Deb> deb;
  std::vector<Pip> pips;  // one place each
  std::vector<Npm> npms;
  std::vector<Fetch> fetches;
  std::vector<FromImage> from_images;
  std::vector<Edit> edits;
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
