// How others write a text: as it is, percent-encoded, or escaped as in JSON, XML and `printable`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake {

// What the first `length` bytes of a text may stand for.
struct Reading {
  std::string bytes;
  std::size_t length = 1;
};

inline bool starts_escape(char c) { return c == '%' || c == '\\' || c == '&' || c == '+'; }

// All readings of the front of `text`, which is not empty; the first one takes its first byte as it is.
std::vector<Reading> readings(std::string_view text);

}  // namespace lapstrake
