// Atomic file writes: write to a temporary file, sync it, rename it, sync the folder (the order that containerd and
// restic use). After a crash a file is complete or absent.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace lapstrake {

// True for the names of unpublished files: `.lapstrake-tmp-` and six letters or digits. A killed process may leave one
// in a user's folder: copies ignore it, and the next write in that folder removes it.
bool is_temporary_name(std::string_view name);

// A new file in `folder` (mode 0600) that gets its real name when it is published.
class AtomicFile {
 public:
  // How the file exists until then. `unnamed` is for users' folders: no name where the file system supports O_TMPFILE,
  // else a temporary name and a lock; files left there by killed processes are removed.
  enum class Aside { named, unnamed };
  // Error{input} when the file cannot be created (full disk, read-only folder), with errno's text. `cure`: the help
  // text for a full disk, here and in write(); by default to free some space on the folder's file system.
  explicit AtomicFile(const std::filesystem::path& folder, std::string cure = {}, Aside aside = Aside::named);
  ~AtomicFile();  // removes an unpublished file
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;

  void write(Bytes bytes);
  // fsync, chmod to `mode` (umask is not applied), rename to `target` (same file system), fsync of target's folder.
  void publish(const std::filesystem::path& target, mode_t mode = 0600);
  // The same without syncing: for files that may be missing or incomplete after a power failure.
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

// Writes all bytes: loops over short writes and EINTR. Error{input} naming `path`; `cure` as above.
void write_fully(int fd, Bytes bytes, const std::filesystem::path& path, const std::string& cure = {});
// A file without a name in `folder`, open for reading and writing; it is deleted when its last descriptor is closed.
// Error{input} when it cannot be created.
FileDescriptor unnamed_file(const std::filesystem::path& folder);

// Writes `text` to `target` with an unnamed AtomicFile in the same folder.
void write_file(const std::filesystem::path& target, std::string_view text, mode_t mode = 0644);
// The content of a regular file. Error{input} when it is missing, unreadable, not a regular file, or longer than
// `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::size_t limit = 64 << 20);
std::string read_file(const Source& source, const std::filesystem::path& path, std::size_t limit);
void sync_folder(const std::filesystem::path& folder);
// Creates `folder` and missing parents with `mode` (umask is not applied to the last one).
void make_folder(const std::filesystem::path& folder, mode_t mode = 0755);
// Reads `path` from its start to its end.
Source file_source(const std::filesystem::path& path);
// The same for a file that is open; `path` is for messages. Each call reads from the start.
Source file_source(std::shared_ptr<const FileDescriptor> file, std::filesystem::path path);

}  // namespace lapstrake
