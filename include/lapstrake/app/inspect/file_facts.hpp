// A file of an image, as `diff` compares it.
#pragma once
#include <cstdint>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

struct FileFacts {
  char type = '-';  // as in `ls -l`: - d l; s: a device, FIFO or socket
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::string target = {};                  // of a symbolic link
  std::optional<oci::Digest> content = {};  // of a file's bytes
  std::optional<oci::Digest> xattrs = {};   // of all of them
};

}  // namespace lapstrake::app
