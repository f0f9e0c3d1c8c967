// Candidates for a layer's entries: the output of single steps, before it is merged with the base and the other steps.
#pragma once
#include <cstdint>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/layers/assemble_options.hpp>
#include <lapstrake/layers/other_steps.hpp>
#include <optional>
#include <tuple>
#include <vector>

#include "host_tree.hpp"

namespace lapstrake::layers {

// How a candidate is merged with the base and with other steps' candidates for the same path.
struct MergePolicy {
  // Of folders: the attributes that replace those of the base's folder; the others stay as in the base.
  enum class Overrides : std::uint8_t { all, owner, mode, nothing } overrides = Overrides::all;
  bool is_explicit = false;     // by `directories:`
  bool is_copy_target = false;  // the folder that a copy writes into; if it exists, its attributes are not changed
  bool is_dropped = false;      // // not part of the layer
};

// Identifies hard links to the same file: the step, and two numbers that are unique within it.
using Identity = std::tuple<std::size_t, std::uint64_t, std::uint64_t>;

struct Candidate {
  Entry entry = {};  // with the path in the spec: the base's links are not resolved yet
  MergePolicy policy = {};
  std::optional<Identity> identity = {};
};

// All candidates of a layer; entries are stored separately, so that they can become the layer's without a copy.
struct Candidates {
  std::vector<Entry> entries;
  std::vector<MergePolicy> policies;                         // // per entry
  std::vector<std::pair<std::size_t, Identity>> identities;  // by entry number
  void add(Candidate candidate);
  void reserve(std::size_t more);
};

// The inputs that the steps of one layer share.
struct StepContext {
  const HostTree& tree;
  const AccountTable& accounts;
  const AssembleOptions& options;
  Patterns ignored;  // by .lapstrakeignore
};

// The relative path in the image for a path in the spec. Error{usage} for `..` and paths that a tar cannot represent.
std::string image_path(std::string_view path);

// "copy `public/` (lapstrake.yaml:12:9)"
std::string origin_of(std::string_view step, std::string_view what, const Position& where);

// The output of all steps of a layer, in their order; without removals and capabilities, which are not entries.
Candidates candidates_of(const oci::LayerRecipe& recipe, const AccountTable& accounts, const AssembleOptions& options,
                         OtherSteps others);

// Both append to `out`; `step` is the number of the step in its layer.
void add_copy(const oci::Copy& copy, std::size_t step, const StepContext& context, Candidates& out);
void add_archive(const oci::Archive& archive, std::size_t step, const StepContext& context, Candidates& out);
void add_archive(const OtherArchive& archive, std::size_t step, const StepContext& context, Candidates& out);

}  // namespace lapstrake::layers
