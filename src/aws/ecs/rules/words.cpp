#include "words.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {

bool is_word(std::string_view text, std::string_view others) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

std::string placeholder_in(std::string_view text) {
  for (auto begin = text.find('<'); begin != std::string_view::npos; begin = text.find('<', begin + 1)) {
    const auto end = text.find('>', begin);
    if (end == std::string_view::npos) break;
    const auto before = text.substr(0, begin);  // names of groups in regular expressions are not placeholders
    if (before.ends_with("(?") || before.ends_with("(?P") || before.ends_with("\\k")) continue;
    const auto inside = text.substr(begin + 1, end - begin - 1);
    if (inside.size() > 2 && is_word(inside, "_- ") && inside.front() != ' ' && inside.back() != ' ')
      return cat("<", inside, ">");
  }
  return "";
}

}  // namespace lapstrake::aws
