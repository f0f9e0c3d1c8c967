// RAII owners for handles of C libraries and for file descriptors.
#pragma once
#include <unistd.h>

#include <memory>
#include <utility>

namespace lapstrake {

template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    free_function(handle);
  }
};

// CHandle<archive, archive_write_free> out{archive_write_new()};
template <class T, auto free_function>
using CHandle = std::unique_ptr<T, FreeWith<free_function>>;

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  ~FileDescriptor() { reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace lapstrake
