// A strict parser for untrusted JSON: refuses duplicate members (golang/go#14750), deep nesting and trailing bytes.
#pragma once
#include <cstddef>
#include <lapstrake/base/limits.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake {

struct JsonRules {
  std::size_t most_bytes = limits::json_bytes;
  std::size_t most_depth = limits::json_depth;
  std::size_t most_values = limits::json_values;  // objects, lists, texts, numbers, all together
  bool comments = false;                          // allows `//` and `/* */`, as people write them into task definitions
  bool duplicates = false;                        // allows duplicate members: the last one counts, as for JavaScript
};

// `what` names the text in the Error ("the manifest of `web`"). Error{integrity}: too long, too deep, too many values,
// not JSON (with line and column), duplicate member, not UTF-8, bytes after the value.
nlohmann::json parse_json(std::string_view text, std::string_view what, const JsonRules& rules = {});

// Indented by two spaces. Invalid UTF-8 becomes U+FFFD instead of an exception.
std::string pretty_json(const nlohmann::ordered_json& value);

}  // namespace lapstrake
