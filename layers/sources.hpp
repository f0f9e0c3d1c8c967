// What the `from:` of a copy names: one file or folder, or all that a glob matches.
#pragma once
#include <lapstrake/oci/recipe.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "host_tree.hpp"
#include "patterns.hpp"

namespace lapstrake::layers {

struct Sources {
  std::vector<HostTree::Node> nodes;  // sorted by path
  std::string pattern_root;           // the folder that include and exclude are relative to, as the tree has it
  std::string name;                   // as the spec calls the one that is no glob, whatever link it is
};

// Error{input} with the step's position: absent (naming near names), or a glob that matches nothing.
Sources sources_of(const oci::Copy& copy, const HostTree& tree, const std::stop_token& stop);

// The error for a `from:` that is not there.
[[noreturn]] void absent(std::string_view from, const HostTree& tree);

}  // namespace lapstrake::layers
