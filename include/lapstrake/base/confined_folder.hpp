// Reads files in one folder (the spec's) and refuses everything outside of it. Paths are opened without following
// symbolic links: with openat2 where the kernel has it, else one component at a time with openat(O_NOFOLLOW). So a link
// cannot escape the folder, even if it is created during the build.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake {

class ConfinedFolder {
 public:
  // Error{input} when it cannot be opened. `folder` may be `/`: then nothing is outside.
  explicit ConfinedFolder(std::filesystem::path folder);

  const std::filesystem::path& path() const { return path_; }
  bool is_everything() const { return path_ == "/"; }
  int descriptor() const { return anchor_.get(); }

  enum class Links { keep, follow };
  // Resolves the relative `path`: links on the way are followed, and with Links::follow the last component too. The
  // result contains no links; "" is the folder itself. nullopt when it does not exist; Error{input} when a link leads
  // out of the folder.
  std::optional<std::string> resolve(std::string_view path, Links last) const;
  // These follow no links. On failure the descriptor is empty and errno is set. Use::pass needs search permission on
  // the folder, Use::list read permission.
  enum class Use { list, pass };
  FileDescriptor open_folder(std::string_view path, Use use = Use::list) const;
  FileDescriptor open(std::string_view path) const;  // for reading; never blocks on a FIFO

 private:
  std::filesystem::path path_;  // absolute
  FileDescriptor anchor_;
};

// An open regular file that a spec names. It is checked, hashed and sent through this descriptor, so a later rename or
// replacement has no effect.
struct NamedFile {
  std::shared_ptr<const FileDescriptor> file;
  std::filesystem::path path;  // for messages
  std::uint64_t size = 0;
  Source source() const;  // from its start
};
// `from` is relative to `folder`; links are followed, but not out of it unless `allow_outside`. Error{input} when it is
// missing, unreadable, not a regular file, or outside.
NamedFile open_named_file(const std::filesystem::path& folder, const std::string& from, bool allow_outside);
// The same, but nothing when it is missing; a link to nothing counts as missing.
std::optional<NamedFile> find_named_file(const std::filesystem::path& folder, const std::string& from,
                                         bool allow_outside);
// Its content. Error{input} when it is longer than `limit` bytes.
std::string read_all_of(const NamedFile& file, std::size_t limit);

}  // namespace lapstrake
