// An entry on its way: what a step says, before it is laid against the base and the other steps.
#pragma once
#include <cstdint>
#include <lapstrake/layers/assemble.hpp>
#include <optional>
#include <tuple>
#include <vector>

#include "host_tree.hpp"
#include "patterns.hpp"

namespace lapstrake::layers {

// What a step says about an entry besides.
struct MergePolicy {
  // Of folders: what the spec says about a folder that the base has. What it does not say stays as the base has it.
  enum class Overrides : std::uint8_t { all, owner, mode, nothing } overrides = Overrides::all;
  bool is_explicit = false;  // by `directories:`
  bool is_copy_target =
      false;                // the folder that a copy is made into: of one that is there already nothing is said at all
  bool is_dropped = false;  // taken back
};

// Files that are one file (hard links): step, and two numbers that are theirs in it.
using Identity = std::tuple<std::size_t, std::uint64_t, std::uint64_t>;

struct Candidate {
  Entry entry = {};  // its path is the spec's: the base's links are not followed yet
  MergePolicy policy = {};
  std::optional<Identity> identity = {};
};

// All drafts of a layer; the entries stand apart, so that they become the layer's without a copy.
struct Candidates {
  std::vector<Entry> entries;
  std::vector<MergePolicy> policies;                         // of each entry
  std::vector<std::pair<std::size_t, Identity>> identities;  // by the number of the entry
  void add(Candidate candidate);
  void reserve(std::size_t more);
};

// What the steps of one layer have in common.
struct StepContext {
  const HostTree& tree;
  const AccountTable& accounts;
  const AssembleOptions& options;
  Patterns ignored;  // by .lapstrakeignore
};

// The folder or file name that a path of the spec stands for: relative, checked. Error{usage} for `..` and what no tar
// carries.
std::string image_path(std::string_view path);

// "copy `public/` (lapstrake.yaml:12:9)"
std::string origin_of(std::string_view step, std::string_view what, const oci::Position& where);

// All that the steps of a layer write, in the order of the steps; removals and capabilities are no entries.
Candidates candidates_of(const oci::LayerRecipe& recipe, const AccountTable& accounts, const AssembleOptions& options);

// Both append to `out`; `step` is the number of the step in its layer.
void add_copy(const oci::Copy& copy, std::size_t step, const StepContext& context, Candidates& out);
void add_archive(const oci::Archive& archive, std::size_t step, const StepContext& context, Candidates& out);

}  // namespace lapstrake::layers
