// Strict YAML: yaml-cpp finds the values, and this refuses what it lets through (duplicate keys, cycles and
// alias bombs load in silence, an unclosed quote runs to the end of the file).
#pragma once
#include <cstddef>
#include <optional>

#include "findings.hpp"
#include "node.hpp"

namespace lapstrake::spec {

inline constexpr std::size_t most_bytes = 1u << 20;
inline constexpr std::size_t most_depth = 64;
inline constexpr std::size_t most_values = 100'000;  // with every alias followed

// The one document of `source`. Nothing when it cannot be walked to its end; what is wrong is told to `findings` either
// way.
std::optional<Node> parse_yaml(const SourceText& source, Findings& findings);

// Whether the bytes can be YAML at all: UTF-8, no NUL or other control characters. Tells the first that is not.
bool is_plain_text(const SourceText& source, Findings& findings);

}  // namespace lapstrake::spec
