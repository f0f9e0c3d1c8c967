// Formats a file mode in octal.
#pragma once
#include <cstdint>
#include <string>

namespace lapstrake::cli {

// "0644", "4755".
inline std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7));
  return digits;
}

}  // namespace lapstrake::cli
