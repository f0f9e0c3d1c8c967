#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
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
  Error error(Fault::input, cat("cannot ", doing, " `", path.string(), "`: ", reason(error_number)));
  if (error_number == ENOSPC || error_number == EDQUOT)
    error.helped_by(cure.empty() ? cat("free some space on the file system of `", folder_of(path).string(), "`")
                                 : cure);
  throw error;
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

FileDescriptor unnamed_file(const std::filesystem::path& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  std::string name = (folder / ".new-XXXXXX").string();  // a file system without O_TMPFILE
  file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) fail("make a file in", folder, errno);
  if (::unlink(name.c_str()) != 0) fail("remove the name of", name, errno);
  return file;
}

AtomicFile::AtomicFile(const std::filesystem::path& folder, std::string cure) : cure_(std::move(cure)) {
  std::string name = (folder / ".new-XXXXXX").string();
  fd_ = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd_) fail("make a file in", folder, errno, cure_);
  path_ = name;
}

AtomicFile::~AtomicFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)), cure_(std::move(other.cure_)), fd_(std::move(other.fd_)) {
  other.path_.clear();
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(cure_, other.cure_);
  std::swap(fd_, other.fd_);
  return *this;
}

void AtomicFile::write(Bytes bytes) { write_fully(fd_.get(), bytes, path_, cure_); }

void AtomicFile::publish(const std::filesystem::path& target, mode_t mode) {
  if (::fchmod(fd_.get(), mode) != 0) fail("set the mode of", path_, errno);
  // ENOTSUP and EINVAL: file systems without fsync (as restic tolerates them).
  if (::fsync(fd_.get()) != 0 && errno != ENOTSUP && errno != EINVAL) fail("sync", path_, errno, cure_);
  rename_to(target);
  sync_folder(target.has_parent_path() ? target.parent_path() : std::filesystem::path("."));
}

void AtomicFile::publish_unsynced(const std::filesystem::path& target, mode_t mode) {
  if (::fchmod(fd_.get(), mode) != 0) fail("set the mode of", path_, errno);
  rename_to(target);
}

void AtomicFile::rename_to(const std::filesystem::path& target) {
  if (::rename(path_.c_str(), target.c_str()) != 0) fail("put in place", target, errno, cure_);
  path_.clear();
  fd_.reset();
}

void write_file(const std::filesystem::path& target, std::string_view text, mode_t mode) {
  AtomicFile file(target.has_parent_path() ? target.parent_path() : std::filesystem::path("."));
  file.write(as_bytes(text));
  file.publish(target, mode);
}

Source file_source(const std::filesystem::path& path) {
  auto fd = std::make_shared<FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!*fd) fail("read", path, errno);
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) fail("read", path, errno);
  if (!S_ISREG(status.st_mode))
    throw Error(Fault::input, cat("cannot read `", path.string(), "`: it is not a regular file"));
  return [fd, path](std::span<std::byte> room) -> std::size_t {
    for (;;) {
      const ssize_t size = ::read(fd->get(), room.data(), room.size());
      if (size >= 0) return static_cast<std::size_t>(size);
      if (errno != EINTR) fail("read", path, errno);
    }
  };
}

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  const Source source = file_source(path);
  std::string all;
  drain(source, [&](Bytes bytes) {
    if (all.size() + bytes.size() > limit)
      throw Error(Fault::input, cat("cannot read `", path.string(), "`: it is longer than ", human_size(limit)));
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
    fail("make the folder", folder, errno);
  }
  if (::chmod(folder.c_str(), mode) != 0) fail("set the mode of", folder, errno);
}

}  // namespace lapstrake
