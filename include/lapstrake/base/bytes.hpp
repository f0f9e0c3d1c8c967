// Bytes in memory and on the move: the one type-erased seam of every pipeline.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace lapstrake {

using Bytes = std::span<const std::byte>;

// Takes the next bytes of a stream; throws Error when it cannot.
using Sink = std::function<void(Bytes)>;

// Fills the front of `room` and says how many bytes it wrote there; 0 means the end (room is never empty). A copy is
// the same stream, not a second one: whoever makes a Source keeps its position in shared state.
using Source = std::function<std::size_t(std::span<std::byte> room)>;

inline Bytes as_bytes(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// A Source over text that outlives it.
Source source_of(std::string_view text);
// Hands all of `source` to `sink` in pieces of at most 256 KiB; returns the number of bytes. Error{interrupted} between
// two pieces when a stop is requested.
std::size_t drain(const Source& source, const Sink& sink, const std::stop_token& stop = {});
// All of `source` as a string; Error{integrity} naming `what` when it is longer than `limit` bytes.
std::string read_all(const Source& source, std::size_t limit, std::string_view what);

}  // namespace lapstrake
