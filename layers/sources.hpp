// Finds the sources of a copy: the file or folder of its `from:`, or all matches of a glob.
#pragma once
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "host_tree.hpp"

namespace lapstrake::layers {

struct Sources {
  std::vector<HostTree::Node> nodes;  // sorted by path
  std::string pattern_root;           // the folder that include and exclude are relative to, as a path in the tree
  std::string name;                   // the name in the spec, when it is not a glob
};

// Error{input} with the step's position: not found (naming similar names), or a glob without matches.
Sources sources_of(const oci::Copy& copy, const HostTree& tree, const std::stop_token& stop);

// Throws the error for a `from:` that does not exist.
[[noreturn]] void absent(std::string_view from, const HostTree& tree);

}  // namespace lapstrake::layers
