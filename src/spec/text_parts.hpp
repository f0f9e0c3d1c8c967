// Splits a text at its variables.
#pragma once
#include <string_view>
#include <vector>

namespace lapstrake::spec {

struct TextPart {
  enum class Kind {
    plain,
    escape,    // `$${`, which means `${`
    variable,  // `${name}`
    open       // `${` with no `}` after it: the rest of the text
  };
  Kind kind = Kind::plain;
  std::string_view text;  // as written
  std::string_view name;  // of a variable, without the braces
};

std::vector<TextPart> text_parts(std::string_view text);

}  // namespace lapstrake::spec
