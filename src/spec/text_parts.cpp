#include "text_parts.hpp"

namespace lapstrake::spec {
namespace {

TextPart part_at(std::string_view rest) {
  using Kind = TextPart::Kind;
  if (rest.starts_with("$${")) return {.kind = Kind::escape, .text = rest.substr(0, 3), .name = {}};
  if (rest.starts_with("${")) {
    const auto end = rest.find('}');
    if (end == std::string_view::npos) return {.kind = Kind::open, .text = rest, .name = {}};
    return {.kind = Kind::variable, .text = rest.substr(0, end + 1), .name = rest.substr(2, end - 2)};
  }
  std::size_t end = 1;
  while (end < rest.size() && !rest.substr(end).starts_with("${") && !rest.substr(end).starts_with("$${")) ++end;
  return {.kind = Kind::plain, .text = rest.substr(0, end), .name = {}};
}

}  // namespace

std::vector<TextPart> text_parts(std::string_view text) {
  std::vector<TextPart> out;
  while (!text.empty()) {
    out.push_back(part_at(text));
    text.remove_prefix(out.back().text.size());
  }
  return out;
}

}  // namespace lapstrake::spec
