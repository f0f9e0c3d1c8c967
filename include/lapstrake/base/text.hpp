// Small pure functions on text.
#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lapstrake {

namespace detail {
inline void append(std::string& out, std::string_view part) { out += part; }
inline void append(std::string& out, const char* part) { out += part; }
inline void append(std::string& out, char part) { out += part; }
template <class Number>
requires(std::is_arithmetic_v<Number> && !std::is_same_v<Number, char> &&
         !std::is_same_v<Number, bool>) void append(std::string& out, Number part) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, part).ptr;
  out.append(digits, end);
}
}  // namespace detail

// Joins texts, characters and numbers: cat("layer ", 1, " of ", 2). No locale.
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  (detail::append(out, parts), ...);
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view between);
// Splits at every `at`; "a,,b" has three parts, "" has one.
std::vector<std::string> split(std::string_view text, char at);
// Without leading and trailing ASCII white space.
std::string_view trim(std::string_view text);
// ASCII only, whatever the locale.
std::string lower(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// A decimal integer that fills all of `text`.
std::optional<std::int64_t> parse_integer(std::string_view text);

// The candidate nearest to a misspelt `word`, if one is near enough to suggest (Damerau-Levenshtein, at most a third of
// the word's length, at least 1).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

bool is_utf8(std::string_view text);
// Number of code points in UTF-8 text.
std::size_t character_count(std::string_view utf8);
// Untrusted text made safe for a terminal: control bytes and invalid UTF-8 become \xNN; after `limit` bytes follows
// "...". With `keep_lines` newlines and tabs stay.
std::string printable(std::string_view text, std::size_t limit = 1024, bool keep_lines = false);

// "512 B", "1.5 KiB", "52.3 MiB": binary units, one decimal.
std::string human_size(std::uint64_t bytes);
// "1 file", "3 files".
std::string count_of(std::uint64_t number, std::string_view singular, std::string_view plural = {});

}  // namespace lapstrake
