#include "toml_scan.hpp"

namespace lapstrake::packages::pip {
namespace {

// The index after the string that begins at `at`. A string that is not closed ends at the end of its line, or, with
// three quotation marks, at the end of the text: toml++ reports it.
std::size_t after_toml_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string_view triple = quote == '"' ? R"(""")" : "'''";
  const bool is_long = text.substr(at).starts_with(triple);
  for (std::size_t i = at + (is_long ? 3 : 1); i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\')
      ++i;
    else if (is_long ? text.substr(i).starts_with(triple) : text[i] == quote)
      return i + (is_long ? 3 : 1);
    else if (!is_long && text[i] == '\n')
      return i;
  }
  return text.size();
}

std::size_t after_toml_comment(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end;
}

TextPlace text_place(std::string_view text, std::size_t at) {
  TextPlace place;
  for (const char c : text.substr(0, at)) {
    place.column = c == '\n' ? 1 : place.column + 1;
    if (c == '\n') ++place.line;
  }
  return place;
}

}  // namespace

std::optional<TextPlace> place_beyond_depth(std::string_view text, std::size_t most) {
  std::size_t brackets = 0, dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = after_toml_string(text, i);
      continue;
    }
    if (c == '#') {
      i = after_toml_comment(text, i);
      continue;
    }
    if (c == '.') ++dots;
    if (c == '\n' || c == '=' || c == ',' || c == '{') dots = 0;
    if (c == '[' || c == '{') ++brackets;
    if ((c == ']' || c == '}') && brackets > 0) --brackets;
    if (dots > most || brackets > most) return text_place(text, i);
    ++i;
  }
  return std::nullopt;
}

}  // namespace lapstrake::packages::pip
