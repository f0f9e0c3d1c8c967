// AWS's documents: values as JSON, and where each value was written.
#pragma once
#include <cstddef>
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "node.hpp"

namespace lapstrake::spec {

// Quoted text stays text. Plain text is true, false, null, or a number if JSON would write that number in the same
// letters (256, 0.5); all else (012, 1.10, 1e3, yes) stays text, so that nothing is changed by reading it.
nlohmann::json to_json(const Node& node);

// Of all pointers of a document together; values beyond that have no place of their own.
inline constexpr std::size_t most_pointer_bytes = 16 << 20;

// The members of `node` but those in `without`, and where each value is, by JSON pointer.
nlohmann::json to_json(const Node& node, const std::vector<std::string>& without, const SourceText& source,
                       std::map<std::string, oci::Position>& positions);

}  // namespace lapstrake::spec
