#include <algorithm>
#include <cstring>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <vector>

namespace lapstrake {

Source source_of(std::string_view text) {
  return [text, at = std::size_t{0}](std::span<std::byte> room) mutable {
    const std::size_t size = std::min(room.size(), text.size() - at);
    std::memcpy(room.data(), text.data() + at, size);
    at += size;
    return size;
  };
}

std::size_t drain(const Source& source, const Sink& sink, const std::stop_token& stop) {
  std::vector<std::byte> room(256 << 10);
  std::size_t total = 0;
  while (const std::size_t size = source(room)) {
    stop_point(stop);
    sink(Bytes(room).first(size));
    total += size;
  }
  return total;
}

std::string read_all(const Source& source, std::size_t limit, std::string_view what) {
  std::string all;
  drain(source, [&](Bytes bytes) {
    if (all.size() + bytes.size() > limit)
      throw Error(Fault::integrity, cat(what, " is longer than ", human_size(limit)));
    all += as_text(bytes);
  });
  return all;
}

}  // namespace lapstrake
