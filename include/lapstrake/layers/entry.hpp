// One entry of a layer, ready to be written: everything decided, nothing looked up later.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <memory>
#include <string>
#include <variant>

namespace lapstrake::layers {

enum class Kind { file, directory, symlink, hardlink };

// How a host file looked when it was listed; it must look the same when it is opened and when it was read, else
// Error{input} "changed while it was read".
struct HostFile {
  std::filesystem::path path;
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
};
// Bytes in an unnamed file of ours (an archive's member, taken out of its compression).
struct Spooled {
  std::shared_ptr<const FileDescriptor> file;
  std::uint64_t offset = 0;
};
using Content = std::variant<std::monostate, std::string, HostFile, Spooled>;

struct Entry {
  std::string path;  // relative, no "." or "..", no trailing "/"; any bytes but NUL
  Kind kind = Kind::file;
  std::uint32_t mode = 0644;  // permission bits with setuid, setgid, sticky
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t size = 0;  // of a file's content, bytes
  std::string target;      // of a symlink: as it is; of a hardlink: the path of an entry that comes before
  oci::Xattrs xattrs;      // "security.capability" -> raw bytes
  Content content;
  std::string origin;  // the step that made it, for messages: "copy `public/` (lapstrake.yaml:12:9)"
};

}  // namespace lapstrake::layers
