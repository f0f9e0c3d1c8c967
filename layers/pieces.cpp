#include "pieces.hpp"

#include <algorithm>
#include <cstring>

#include "racy.hpp"

namespace lapstrake::layers {

PieceShapes::PieceShapes(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule,
                         std::optional<std::chrono::system_clock::time_point> listed_at)
    : entries_(entries), rule_(rule), headers_(mtime) {
  if (listed_at)
    listed_ns_ = std::chrono::duration_cast<std::chrono::nanoseconds>(listed_at->time_since_epoch()).count();
}

bool PieceShapes::next(PieceShape& shape, std::span<std::byte> room) {
  shape.size = 0;
  shape.parts.clear();
  looks_ = Sha256();
  is_certain_ = listed_ns_.has_value();
  while (shape.size < rule_.most) {
    if (nothing_left()) {
      if (is_ended_) break;
      load_next();
      if (!is_ended_ && shape.size > 0 && shape.size + left() > rule_.most) break;  // it begins the next piece
    }
    put(shape, room);
    if (nothing_left() && !is_ended_ && shape.size >= least_) break;
  }
  shape.looks = is_certain_ ? looks_.finish() : Sha256Sum{};
  return shape.size > 0;
}

void PieceShapes::load_next() {
  if (at_ == entries_.size()) {
    is_ended_ = true;
    padding_ = tar_end_size;
    return;
  }
  const Entry& entry = entries_[at_++];
  header_ = headers_.of(entry);
  content_ = entry.kind == Kind::file ? entry.size : 0;
  padding_ = padding_of(content_);
  least_ = left() > rule_.most ? 0 : rule_.least;
  from_ = 0;
}

void PieceShapes::put(PieceShape& shape, std::span<std::byte> room) {
  const auto fitting = [&](std::uint64_t wish) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(wish, rule_.most - shape.size));
  };
  if (const std::size_t size = fitting(header_.size()); size > 0) {
    std::memcpy(room.data() + shape.size, header_.data(), size);
    looks_.write(header_.first(size));
    header_ = header_.subspan(size);
    shape.size += size;
  }
  if (const std::size_t size = header_.empty() ? fitting(content_) : 0; size > 0) {
    const Part part{.entry = static_cast<std::uint32_t>(at_ - 1),
                    .at = static_cast<std::uint32_t>(shape.size),
                    .size = static_cast<std::uint32_t>(size),
                    .from = from_};
    add_looks(part);
    shape.parts.push_back(part);
    from_ += size;
    content_ -= size;
    shape.size += size;
  }
  if (const std::size_t size = header_.empty() && content_ == 0 ? fitting(padding_) : 0; size > 0) {
    std::memset(room.data() + shape.size, 0, size);
    padding_ -= size;
    shape.size += size;
  }
}

void PieceShapes::add_looks(const Part& part) {
  const Content& content = entries_[part.entry].content;
  const auto add = [&](const auto& numbers) { looks_.write(std::as_bytes(std::span(numbers))); };
  add(std::array<std::uint64_t, 2>{part.from, part.size});
  if (const auto* text = std::get_if<std::string>(&content)) {
    looks_.write(as_bytes(*text));
  } else if (const auto* file = std::get_if<HostFile>(&content); file != nullptr && listed_ns_) {
    const HostLook& look = file->look();
    is_certain_ = is_certain_ && !is_racy(look, *listed_ns_);
    add(std::array<std::uint64_t, 3>{look.device, look.inode, look.size});
    add(std::array<std::int64_t, 2>{look.modified_ns, look.changed_ns});
  } else {
    is_certain_ = false;
  }
}

}  // namespace lapstrake::layers
