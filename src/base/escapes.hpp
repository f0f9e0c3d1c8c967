// Decodes the ways in which a text may be written: plain, percent-encoded, or escaped as in JSON, XML and `printable`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake {

// One decoding of the first `length` bytes of a text.
struct Reading {
  std::string bytes;
  std::size_t length = 1;
};

inline bool starts_escape(char c) { return c == '%' || c == '\\' || c == '&' || c == '+'; }

// All decodings of the front of `text`, which must not be empty; the first one takes its first byte literally.
std::vector<Reading> readings(std::string_view text);

}  // namespace lapstrake
