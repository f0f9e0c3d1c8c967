// The positions of the values of a JSON text, for findings about it.
#pragma once
#include <cstddef>
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "source_text.hpp"
#include "yaml_json.hpp"

namespace lapstrake::spec {

// By JSON pointer, up to most_pointer_bytes. `source` is JSON that parse_json() accepts, comments included.
std::map<std::string, Position> json_positions(const SourceText& source);

// The offset of the first comma with only blanks and comments between it and a `}` or `]`.
std::optional<std::size_t> trailing_comma(std::string_view text);

}  // namespace lapstrake::spec
