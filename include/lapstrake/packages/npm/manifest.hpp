// What lapstrake needs from the package.json in a tarball.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::npm {

struct Manifest {
  std::string name, version;
  std::map<std::string, std::string> bin = {};  // command -> file in the package, normalised as npm does
  std::string bin_folder = {};                  // directories.bin, if there is no `bin`: each file in it is a command
  std::map<std::string, std::string> scripts = {};
  bool is_gyp_disabled = false;  // "gypfile": false
  std::vector<std::string> bundled = {}, os = {}, cpu = {}, libc = {};
  std::string license = {};  // "MIT"; of the old forms, the types: "MIT OR Apache-2.0"
};

// As npm reads it: a byte order mark is skipped, of duplicate members the last one counts, members of other types are
// absent. Error{integrity} naming `what` ("the tarball of `a` 1.0.0") when it is not a JSON object.
Manifest parse_manifest(std::string_view text, std::string_view what);

}  // namespace lapstrake::packages::npm
