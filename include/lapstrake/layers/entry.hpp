// An entry of a layer, ready to be written: all attributes are final, nothing is looked up later.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/layers/shared.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace lapstrake::layers {

enum class Kind : std::uint8_t { file, directory, symlink, hardlink };

// The stat signature of a host file when it was listed. If it differs when the file is opened or after it was read,
// that is Error{input} "changed while it was read".
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};
// A listed folder of the host, shared by all entries from it to save memory.
struct HostFolder {
  struct Item {
    FileStamp stamp;
    std::uint32_t name = 0;  // its offset in `names`
    std::uint16_t mode = 0;  // st_mode: type and permissions
    bool has_other_names = false, is_readable = true;
  };
  std::string path;
  std::string names;  // NUL-terminated; a symbolic link's target, also NUL-terminated, follows its name
  std::vector<Item> items;
};
struct HostFile {
  std::shared_ptr<const HostFolder> folder;
  std::size_t index = 0;
  const HostFolder::Item& item() const { return folder->items[index]; }
  const FileStamp& stamp() const { return item().stamp; }
  const char* name() const { return folder->names.c_str() + item().name; }
  const char* target() const { return name() + std::char_traits<char>::length(name()) + 1; }  // of a symbolic link
  std::string path() const;
};
// A file of this program with the content of many entries: decompressed members of an archive.
struct ContentFile {
  std::filesystem::path path = {};  // opened for each read, unless ...
  FileDescriptor descriptor = {};   // ... it is open (an unnamed temporary file)
  // Identifies its bytes in fingerprints: "unpacked 1 sha256:..."; empty if it has no such identity.
  std::string identity = {};
};
// Part of a ContentFile.
struct Spooled {
  std::shared_ptr<const ContentFile> file;
  std::uint64_t offset = 0;
};
using Content = std::variant<std::monostate, std::string, HostFile, Spooled>;

struct Entry {
  std::string path;  // relative, no "." or "..", no trailing "/"; any bytes but NUL
  Kind kind = Kind::file;
  std::uint32_t mode = 0644;  // permission bits with setuid, setgid, sticky
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t size = 0;      // of a file's content, bytes
  Shared<std::string> target;  // of a symlink: unchanged; of a hardlink: the path of an earlier entry
  Shared<oci::Xattrs> xattrs;  // "security.capability" -> raw bytes
  Content content;
  Shared<std::string> origin;  // the step that created it, for messages: "copy `public/` (lapstrake.yaml:12:9)"
};

}  // namespace lapstrake::layers
