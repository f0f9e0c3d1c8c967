// The walker over DEFLATE streams, held to zlib: it finds the seam of what zlib accepts, and what it opens goes on as
// it was.
#include "../../layers/deflate_join.hpp"

#include <zlib.h>

#include <lapstrake/base/error.hpp>
#include <optional>
#include <string>

#include "fuzz.hpp"

namespace {

using namespace lapstrake;
using namespace lapstrake::layers;

const std::string final_block("\x03\x00", 2);  // of fixed codes, empty
constexpr std::size_t most_output = 64 << 20;

// What zlib reads out of a raw stream that ends, with its last byte, where it says.
std::optional<std::string> inflated(const std::string& stream) {
  z_stream state{};
  hold(inflateInit2(&state, -15) == Z_OK, "zlib starts");
  std::string out, room(1 << 16, '\0');
  // zlib does not write to its input; it is not const everywhere.
  state.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  int result = Z_OK;
  while (result == Z_OK && out.size() < most_output) {
    state.next_out = reinterpret_cast<unsigned char*>(room.data());
    state.avail_out = static_cast<uInt>(room.size());
    result = inflate(&state, Z_NO_FLUSH);
    out.append(room, 0, room.size() - state.avail_out);
  }
  const bool whole = result == Z_STREAM_END && state.avail_in == 0;
  inflateEnd(&state);
  if (!whole) return std::nullopt;
  return out;
}

bool can_be_opened(std::string& stream) {
  try {
    make_joinable(stream);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The view that libFuzzer gives, and no copy of it: whoever reads past it is seen.
  const auto end = find_end(Bytes(reinterpret_cast<const std::byte*>(data), size));
  const std::string stream(reinterpret_cast<const char*>(data), size);
  const auto content = inflated(stream);
  hold(end || !content, "what zlib reads has a seam");
  std::string opened = stream;
  hold(can_be_opened(opened) == end.has_value(), "what has a seam can be opened, and nothing else");
  if (!end) return 0;

  hold(end->final_bit < end->end_bit && (end->end_bit + 7) / 8 == size, "a seam is in the last byte");
  const auto next = find_end(as_bytes(opened + final_block));
  hold(next && next->final_bit == opened.size() * 8, "a stream goes on at the byte behind what was opened");
  if (!content) return 0;  // a distance too far back

  hold(inflated(opened + final_block) == content, "what was opened and closed again reads as it did");
  hold(inflated(opened + opened + stream) == *content + *content + *content, "joined streams read one after another");
  return 0;
}
