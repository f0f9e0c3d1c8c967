#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <vector>

namespace lapstrake {

Source source_of(std::string_view text) {
  return [left = std::make_shared<std::string_view>(text)](std::span<std::byte> room) {
    const std::size_t size = left->copy(reinterpret_cast<char*>(room.data()), room.size());
    left->remove_prefix(size);
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
      throw Error(ErrorKind::integrity, cat(what, " is longer than ", human_size(limit)));
    all += as_text(bytes);
  });
  return all;
}

}  // namespace lapstrake
