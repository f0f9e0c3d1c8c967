// A file of an image and its changes, as `diff` compares them.
#pragma once
#include <cstdint>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct FileFacts {
  char type = '-';  // as in `ls -l`: - d l; s: a device, FIFO or socket
  std::uint32_t mode = 0, uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::string target = {};                  // of a symbolic link
  std::optional<oci::Digest> content = {};  // of a file's bytes
  std::optional<oci::Digest> xattrs = {};   // of all of them
};

struct FileChange {
  std::string path;                        // "etc/passwd"
  std::optional<FileFacts> before, after;  // absent if it was added or removed
  std::vector<std::string> what = {};      // if both have it: "type", "content", "mode", "owner", ...
};

}  // namespace lapstrake::app
