// Byte spans, and type-erased byte streams: sources that are read and sinks that are written.
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

// Fills the front of `room` and returns the number of bytes written there; 0 means the end (room is never empty).
// Copies share one position, so a Source must keep its position in shared state.
using Source = std::function<std::size_t(std::span<std::byte> room)>;

inline Bytes as_bytes(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// A Source that reads `text`, which must outlive it.
Source source_of(std::string_view text);
// Copies all of `source` to `sink` in pieces of at most 256 KiB; returns the number of bytes. Interrupted
// between two pieces when a stop is requested.
std::size_t drain(const Source& source, const Sink& sink, const std::stop_token& stop = {});
// All of `source` as a string; Error{integrity} naming `what` when it is longer than `limit` bytes.
std::string read_all(const Source& source, std::size_t limit, std::string_view what);

}  // namespace lapstrake
