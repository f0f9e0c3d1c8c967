#include "noise.hpp"

#include <array>
#include <cstdint>

namespace lapstrake::layers {

bool looks_like_noise(Bytes raw) {
  constexpr std::size_t least = 64 << 10, slices = 16, slice = 1 << 10;
  if (raw.size() < least) return false;
  std::array<std::uint32_t, 256> counts{};
  for (std::size_t i = 0; i < slices; ++i)
    for (const std::byte byte : raw.subspan(i * (raw.size() - slice) / (slices - 1), slice))
      ++counts[std::to_integer<std::size_t>(byte)];
  // Pearson's chi-square against the even distribution: 255 for random bytes, and 2 N ln 2 times the bits a byte below
  // 8 (N = 16,384): 0.08 bits, one percent, make 1,800.
  constexpr std::uint64_t size = slices * slice, expected = size / 256, most_chi_square = 1'800;
  std::uint64_t squares = 0;
  for (const std::uint64_t count : counts) squares += count * count;
  return squares <= expected * (size + most_chi_square);
}

}  // namespace lapstrake::layers
