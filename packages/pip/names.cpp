#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>

#include "characters.hpp"

namespace lapstrake::packages::pip {
std::string normalized_name(std::string_view name) {
  std::string out;
  for (const char c : lower(name)) {
    if (!is_separator(c))
      out += c;
    else if (!out.ends_with('-'))
      out += '-';
  }
  return out;
}

bool is_valid_name(std::string_view name) {
  return !name.empty() && is_letter_or_digit(name.front()) && is_letter_or_digit(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_letter_or_digit(c) || is_separator(c); });
}

}  // namespace lapstrake::packages::pip
