// Classes of ASCII characters, whatever the locale.
#pragma once

namespace lapstrake::packages::pip {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }
// The characters that PEP 503 and PEP 440 treat as equal.
constexpr bool is_separator(char c) { return c == '-' || c == '_' || c == '.'; }

}  // namespace lapstrake::packages::pip
