// One difference between `lapstrake.lock` and the digests that the spec needs now.
#pragma once
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

struct LockChange {
  enum class Kind { added, moved, removed } kind;
  enum class Entry { image, file } entry = Entry::image;
  std::string name;  // of the base, or of the package's file
  std::optional<oci::Digest> before{}, after{};
  // Of a Debian package whose version changed; otherwise empty.
  struct Package {
    std::string name = {}, before = {}, after = {};
    bool is_security = false;  // the new version is from a security suite
  } package{};
};

}  // namespace lapstrake::app
