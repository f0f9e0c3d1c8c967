// Reads any part of a file: a zip, an unpacked archive.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <span>
#include <string>
#include <string_view>

namespace lapstrake::packages {

// A file of `size` bytes, read at any offset. `read` fills all of `room`, or throws.
struct RandomAccess {
  std::uint64_t size = 0;
  std::function<void(std::uint64_t offset, std::span<std::byte> room)> read;
};
RandomAccess random_access(std::string_view bytes);    // which must outlive it
RandomAccess random_access(int fd, std::string what);  // an open regular file; `what` is for messages

}  // namespace lapstrake::packages
