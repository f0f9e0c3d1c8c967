// Parses strict YAML: yaml-cpp finds the values; this rejects input that yaml-cpp accepts silently (duplicate keys,
// cycles, alias bombs, an unclosed quote at the end of the file).
#pragma once
#include <cstddef>
#include <optional>

#include "findings.hpp"
#include "node.hpp"

namespace lapstrake::spec {

inline constexpr std::size_t most_bytes = 1u << 20;
inline constexpr std::size_t most_depth = 64;
inline constexpr std::size_t most_values = 100'000;  // after expanding aliases

// The one document of `source`. Nothing when parsing stops early; errors are added to `findings` in any case.
std::optional<Node> parse_yaml(const SourceText& source, Findings& findings);

// Whether the bytes can be YAML at all: UTF-8, no NUL or other control characters. Reports the first invalid one.
bool is_plain_text(const SourceText& source, Findings& findings);

}  // namespace lapstrake::spec
