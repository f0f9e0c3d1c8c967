#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>

namespace lapstrake {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return path;
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

[[noreturn]] void fail(std::string_view doing, const std::filesystem::path& path, int error_number,
                       const std::string& cure = {}) {
  Error error(ErrorKind::input, cat("cannot ", doing, " `", path.string(), "`: ", reason(error_number)));
  if (error_number == ENOSPC || error_number == EDQUOT)
    error.helped_by(cure.empty() ? cat("free some space on the file system of `", folder_of(path).string(), "`")
                                 : cure);
  throw error;
}

constexpr std::string_view temporary_prefix = ".lapstrake-tmp-";
constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t temporary_letters = 6;

std::string temporary_name() {
  std::array<unsigned char, temporary_letters> bytes{};
  if (::getentropy(bytes.data(), bytes.size()) != 0)
    throw Error(ErrorKind::internal, cat("cannot read random numbers: ", reason(errno)));
  std::string name(temporary_prefix);
  for (const auto byte : bytes) name += letters[byte % letters.size()];
  return name;
}

// As long as the descriptor is open. Without locks (ENOLCK, ENOTSUP) its age protects a file.
void lock(const FileDescriptor& file) {
  while (::flock(file.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
}

// linkat(AT_EMPTY_PATH) would need CAP_DAC_READ_SEARCH.
std::string proc_name(const FileDescriptor& file) { return cat("/proc/self/fd/", file.get()); }

bool link_to(const FileDescriptor& file, const std::filesystem::path& path) {
  return ::linkat(AT_FDCWD, proc_name(file).c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

// A file without a name that can get one later; nothing where the file system has no such files, or /proc is missing.
FileDescriptor linkable_file(const std::filesystem::path& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  struct stat own {
  }, seen{};
  const bool is_linkable = file && ::fstat(file.get(), &own) == 0 && ::stat(proc_name(file).c_str(), &seen) == 0 &&
                           own.st_dev == seen.st_dev && own.st_ino == seen.st_ino;
  return is_linkable ? std::move(file) : FileDescriptor();
}

// Whether no live process writes to it: the lock says so, or, where there are no locks, a day without a write.
bool is_stale(const FileDescriptor& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) return false;
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return true;
  constexpr std::time_t day = 24 * 60 * 60;
  return errno != EWOULDBLOCK && status.st_mtime + day < std::time(nullptr);
}

void remove_stale_files(const std::filesystem::path& folder) {
  const CHandle<DIR, ::closedir> entries(::opendir(folder.c_str()));
  if (!entries) return;
  while (const auto* entry = ::readdir(entries.get())) {
    if (!is_temporary_name(entry->d_name)) continue;
    const int at = ::dirfd(entries.get());
    const FileDescriptor file(::openat(at, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && is_stale(file)) ::unlinkat(at, entry->d_name, 0);
  }
}

}  // namespace

void write_fully(int fd, Bytes bytes, const std::filesystem::path& path, const std::string& cure) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path, errno, cure);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

bool is_temporary_name(std::string_view name) {
  return name.size() == temporary_prefix.size() + temporary_letters && name.starts_with(temporary_prefix) &&
         name.find_first_not_of(letters, temporary_prefix.size()) == name.npos;
}

FileDescriptor unnamed_file(const std::filesystem::path& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  AtomicFile named(folder);  // a file system without O_TMPFILE
  file = FileDescriptor(::open(named.path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file) fail("open", named.path(), errno);
  return file;
}

AtomicFile::AtomicFile(const std::filesystem::path& folder, std::string cure, Aside aside)
    : folder_(folder), cure_(std::move(cure)) {
  if (aside == Aside::unnamed) {
    remove_stale_files(folder_);
    fd_ = linkable_file(folder_);
  }
  if (!fd_) open_named(aside == Aside::unnamed);
}

AtomicFile::~AtomicFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      path_(std::move(other.path_)),
      cure_(std::move(other.cure_)),
      fd_(std::move(other.fd_)) {
  other.path_.clear();
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(path_, other.path_);
  std::swap(cure_, other.cure_);
  std::swap(fd_, other.fd_);
  return *this;
}

void AtomicFile::open_named(bool is_locked) {
  for (;;) {
    const auto path = folder_ / temporary_name();
    fd_ = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd_ && errno == EEXIST) continue;
    if (!fd_) fail("create a file in", folder_, errno, cure_);
    path_ = path;
    if (!is_locked) return;
    lock(fd_);
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) fail("create a file in", folder_, errno);
    if (status.st_nlink > 0) return;
    path_.clear();  // another process took it for a stale one before it was locked
  }
}

void AtomicFile::write(Bytes bytes) { write_fully(fd_.get(), bytes, shown(), cure_); }

void AtomicFile::finish(mode_t mode) {
  if (::fchmod(fd_.get(), mode) != 0) fail("set the mode of", shown(), errno);
}

void AtomicFile::publish(const std::filesystem::path& target, mode_t mode) {
  finish(mode);
  // ENOTSUP and EINVAL: file systems without fsync (as restic tolerates them).
  if (::fsync(fd_.get()) != 0 && errno != ENOTSUP && errno != EINVAL) fail("sync", shown(), errno, cure_);
  put_at(target);
  sync_folder(target.has_parent_path() ? target.parent_path() : std::filesystem::path("."));
}

void AtomicFile::publish_unsynced(const std::filesystem::path& target, mode_t mode) {
  finish(mode);
  put_at(target);
}

void AtomicFile::put_at(const std::filesystem::path& target) {
  if (path_.empty()) {
    if (link_to(fd_, target)) return fd_.reset();
    if (errno != EEXIST) fail("rename a file to", target, errno, cure_);
    link_to_temporary_name();  // only a rename replaces a file
  }
  if (::rename(path_.c_str(), target.c_str()) != 0) fail("rename a file to", target, errno, cure_);
  path_.clear();
  fd_.reset();
}

void AtomicFile::link_to_temporary_name() {
  lock(fd_);
  for (;;) {
    const auto path = folder_ / temporary_name();
    if (link_to(fd_, path)) {
      path_ = path;
      return;
    }
    if (errno != EEXIST) fail("create a file in", folder_, errno, cure_);
  }
}

void write_file(const std::filesystem::path& target, std::string_view text, mode_t mode) {
  AtomicFile file(target.has_parent_path() ? target.parent_path() : std::filesystem::path("."), {},
                  AtomicFile::Aside::unnamed);
  file.write(as_bytes(text));
  file.publish(target, mode);
}

Source file_source(const std::filesystem::path& path) {
  auto fd = std::make_shared<FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!*fd) fail("read", path, errno);
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) fail("read", path, errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: it is not a regular file"));
  return file_source(std::move(fd), path);
}

Source file_source(std::shared_ptr<const FileDescriptor> file, std::filesystem::path path) {
  return [file = std::move(file), path = std::move(path),
          place = std::uint64_t{0}](std::span<std::byte> room) mutable -> std::size_t {
    for (;;) {
      const ssize_t size = ::pread(file->get(), room.data(), room.size(), static_cast<off_t>(place));
      if (size >= 0) {
        place += static_cast<std::uint64_t>(size);
        return static_cast<std::size_t>(size);
      }
      if (errno != EINTR) fail("read", path, errno);
    }
  };
}

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  return read_file(file_source(path), path, limit);
}

std::string read_file(const Source& source, const std::filesystem::path& path, std::size_t limit) {
  std::string all;
  drain(source, [&](Bytes bytes) {
    if (all.size() + bytes.size() > limit)
      throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: it is longer than ", human_size(limit)));
    all += as_text(bytes);
  });
  return all;
}

void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) fail("sync", folder, errno);
  if (::fsync(fd.get()) != 0 && errno != ENOTSUP && errno != EINVAL) fail("sync", folder, errno);
}

void make_folder(const std::filesystem::path& folder, mode_t mode) {
  if (std::filesystem::is_directory(folder)) return;
  const auto parent = folder.parent_path();
  if (!parent.empty() && parent != folder && !std::filesystem::exists(parent)) make_folder(parent);
  if (::mkdir(folder.c_str(), mode) != 0) {
    if (errno == EEXIST && std::filesystem::is_directory(folder)) return;  // another process was faster
    fail("create the folder", folder, errno);
  }
  if (::chmod(folder.c_str(), mode) != 0) fail("set the mode of", folder, errno);
}

}  // namespace lapstrake
