// Text with the roles of its parts, so that a terminal can show it in colours.
#pragma once
#include <string>
#include <vector>

namespace lapstrake {

struct StyledSpan {
  enum class Role { plain, error, warning, help, position, marker } role = Role::plain;
  std::string text{};
};
using StyledText = std::vector<StyledSpan>;

inline std::string without_style(const StyledText& text) {
  std::string out;
  for (const auto& span : text) out += span.text;
  return out;
}

}  // namespace lapstrake
