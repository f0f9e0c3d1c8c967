// Files that are whole or absent: written aside, synced, renamed, the folder synced (containerd's and restic's
// order).
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace lapstrake {

// The names of files that are not published yet: `.lapstrake-tmp-` and six letters or digits. A killed process may
// leave one in a folder of the user's: copies ignore it, and the next write in that folder removes it.
bool is_temporary_name(std::string_view name);

// A new file in `folder` (mode 0600) that has its real name once it is published.
class AtomicFile {
 public:
  // What it is until then. In a folder of the user's it has no name where the file system can do that (O_TMPFILE), else
  // a temporary one and a lock; what killed processes left in that folder is removed.
  enum class Aside { named, unnamed };
  // Error{input} when it cannot be made (full disk, read-only folder), with errno's text. `cure`: the help of a full
  // disk, now and when it is written; by default to free some space on the folder's file system.
  explicit AtomicFile(const std::filesystem::path& folder, std::string cure = {}, Aside aside = Aside::named);
  ~AtomicFile();  // what was not published is removed
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;

  void write(Bytes bytes);
  // fsync, chmod to `mode` (umask is not applied), rename to `target` (same file system), fsync of target's folder.
  void publish(const std::filesystem::path& target, mode_t mode = 0600);
  // The same without waiting for the disk: for what may be gone, or in pieces, after a power cut.
  void publish_unsynced(const std::filesystem::path& target, mode_t mode = 0600);
  const std::filesystem::path& path() const noexcept { return path_; }  // empty: it has no name

 private:
  void open_named(bool is_locked);
  void finish(mode_t mode);
  void put_at(const std::filesystem::path& target);
  void link_to_temporary_name();
  const std::filesystem::path& shown() const { return path_.empty() ? folder_ : path_; }

  std::filesystem::path folder_, path_;
  std::string cure_;
  FileDescriptor fd_;
};

// All of a write(2) and so on: loops over short writes and EINTR. Error{input} naming `path`; `cure` as above.
void write_fully(int fd, Bytes bytes, const std::filesystem::path& path, const std::string& cure = {});
// A file without a name in `folder`, to be read and written: gone when the last descriptor of it is. Error{input} when
// it cannot be made.
FileDescriptor unnamed_file(const std::filesystem::path& folder);

// Writes `text` to `target` by way of an AtomicFile in the same folder, unnamed until then.
void write_file(const std::filesystem::path& target, std::string_view text, mode_t mode = 0644);
// All of a regular file. Error{input} when it is absent, unreadable, not a regular file, or longer than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::size_t limit = 64 << 20);
std::string read_file(const Source& source, const std::filesystem::path& path, std::size_t limit);
void sync_folder(const std::filesystem::path& folder);
// Makes `folder` and what is missing above it with `mode` (umask is not applied to the last one).
void make_folder(const std::filesystem::path& folder, mode_t mode = 0755);
// Reads `path` from its start to its end.
Source file_source(const std::filesystem::path& path);
// The same for a file that is open; `path` is for messages. Each call reads from the start.
Source file_source(std::shared_ptr<const FileDescriptor> file, std::filesystem::path path);

}  // namespace lapstrake
