// Joins DEFLATE streams into one (RFC 1951). libdeflate cannot flush: each of its streams ends with a block marked
// final, padded to a byte. To join them, the mark is cleared and an empty stored block, which ends on a byte, is
// appended. The positions of the last block's header and of the stream's last bit can only be found by decoding all
// symbols.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <optional>
#include <string>

namespace lapstrake::layers {

struct StreamEnd {
  std::uint64_t final_bit = 0;  // the bit (counted from the first byte's lowest) that marks the last block as final
  std::uint64_t end_bit = 0;    // the bit after the stream's last one
};

// nullopt when `deflate` is not one complete, well-formed stream; never reads bytes outside of it. The symbols' values
// are not checked (a distance that is too far back is not noticed).
std::optional<StreamEnd> find_end(Bytes deflate);

// Changes the complete stream in the first `size` bytes of `room`, which has `most_join_bytes` more, so that another
// stream can follow at the next byte. Returns its new size. The bytes depend only on the stream. Error{internal} when
// it is not well-formed.
std::size_t make_joinable(std::span<std::byte> room, std::size_t size);
void make_joinable(std::string& deflate);
inline constexpr std::size_t most_join_bytes = 5;

}  // namespace lapstrake::layers
