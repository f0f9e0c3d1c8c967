// The paths that the `remove:` steps of a layer remove from the layers below.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <string>
#include <vector>

namespace lapstrake::layers {

struct Removed {
  std::vector<std::string> paths;  // real ones, relative to the root
  // The folder, if its whole content is removed ("/etc/conf.d/*"); `paths` are then the paths in it, for messages.
  std::string emptied;
  bool is_glob = false;
};

// Links on the way to the path or to the first wildcard are followed; folders behind a wildcard are not entered through
// links. Error{input} when nothing is there, with the nearest name; Error{usage} for the root.
Removed removed_by(const oci::Removal& removal, const BaseFiles& below);

// "`remove: /etc/conf.d/*` removed 2 paths: `a.conf`, `b.conf`"
std::string note_of(const oci::Removal& removal, const Removed& removed);

}  // namespace lapstrake::layers
