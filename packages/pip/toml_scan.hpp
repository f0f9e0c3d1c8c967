// A first pass over TOML that bounds its nesting. toml++ bounds values in values, but not the parts of a dotted key
// (`a.b.c.d = 1`): each part is a table, and tables are destroyed recursively.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace lapstrake::packages::pip {

struct TextPlace {
  std::size_t line = 1, column = 1;
};

// Where brackets are open in `most` others, or where a key has more than `most` dots; nothing if neither occurs.
// TOML 1.0, "Keys" and "String": dots and brackets in strings and comments do not count.
std::optional<TextPlace> place_beyond_depth(std::string_view text, std::size_t most);

}  // namespace lapstrake::packages::pip
