// Joining DEFLATE streams into one (RFC 1951). libdeflate cannot flush: each stream that it makes ends in a block
// marked final, padded to a byte. To join, the mark is taken off and an empty stored block, which ends on a byte, is
// set behind it. Where the last block's header and the stream's last bit are can only be told by walking through the
// symbols.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <optional>
#include <string>

namespace lapstrake::layers {

struct StreamEnd {
  std::uint64_t final_bit = 0;  // the bit (counted from the first byte's lowest) that marks the last block as final
  std::uint64_t end_bit = 0;    // the bit behind the stream's last one
};

// Nothing when `deflate` is not one whole, well-formed stream; no byte outside of it is looked at, whatever it holds.
// What the symbols stand for is not checked (a distance too far back goes unseen).
std::optional<StreamEnd> find_end(Bytes deflate);

// Turns the whole stream in the first `size` bytes of `room`, which has `most_join_bytes` more, into one that goes on:
// after it, another may follow at the next byte. Returns its new size. The bytes depend on the stream alone.
// Error{internal} when it is not well-formed.
std::size_t make_joinable(std::span<std::byte> room, std::size_t size);
void make_joinable(std::string& deflate);
inline constexpr std::size_t most_join_bytes = 5;

}  // namespace lapstrake::layers
