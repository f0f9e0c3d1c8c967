// Damages tars as libFuzzer does, and then mends the check sums of their headers, which it would hardly ever find. To
// be included by one source of a target.
#pragma once
#include <cstring>

#include "fuzz.hpp"

// libFuzzer's own; a program that replays has none, and needs none.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// POSIX's ustar: the sum of the header's bytes, blanks for the sum itself, as octal digits.
inline void mend_sum(std::uint8_t* header) {
  constexpr std::size_t block = 512, sum_at = 148, sum_size = 8;
  std::memset(header + sum_at, ' ', sum_size);
  unsigned sum = 0;
  for (std::size_t i = 0; i < block; ++i) sum += header[i];
  char digits[sum_size + 1];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  std::memcpy(header + sum_at, digits, 7);
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 8 != 0)
    for (std::size_t at = 0; at + 512 <= size; at += 512)
      if (std::memcmp(data + at + 257, "ustar", 5) == 0) mend_sum(data + at);
  return size;
}
