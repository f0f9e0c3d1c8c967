// Converts YAML to JSON for AWS's documents, with the position of each value.
#pragma once
#include <cstddef>
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "node.hpp"

namespace lapstrake::spec {

// Quoted text stays text. Plain text is true, false, null, or a number if JSON writes that number the same way
// (256, 0.5); everything else (012, 1.10, 1e3, yes) stays text, so that reading changes nothing.
nlohmann::json to_json(const Node& node);

// Limit for all pointers of a document together; values beyond it have no position.
inline constexpr std::size_t most_pointer_bytes = 16 << 20;

// The members of `node` except those in `without`, and the position of each value by JSON pointer.
nlohmann::json to_json(const Node& node, const std::vector<std::string>& without, const SourceText& source,
                       std::map<std::string, Position>& positions);

}  // namespace lapstrake::spec
