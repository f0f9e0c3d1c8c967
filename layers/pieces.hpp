// A layer's tar, cut into pieces by a rule that depends on the entries alone.
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/layers/entry.hpp>
#include <optional>
#include <span>
#include <vector>

#include "tar_headers.hpp"

namespace lapstrake::layers {

// The rule, part of the byte format: an entry longer than `most` has pieces of its own, cut at multiples of `most` from
// its beginning; of the others, one that would make a piece longer than `most` begins a new one, and a piece ends after
// the entry with which it reaches `least`. So a changed file changes one piece, and a big file what is in it alone.
struct CutRule {
  std::size_t least, most;
};

// Where a piece takes bytes from an entry's content.
struct Part {
  std::uint32_t entry = 0;         // its number
  std::uint32_t at = 0, size = 0;  // in the piece
  std::uint64_t from = 0;          // in the content
};

// A piece before any content is read: all but what its parts bring.
struct PieceShape {
  std::size_t size = 0;
  std::vector<Part> parts;
  Sha256Sum looks{};  // PieceRecord::looks
};

class PieceShapes {
 public:
  // `listed_at`: when the listing of the entries began; without it the looks of host files tell nothing.
  PieceShapes(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule,
              std::optional<std::chrono::system_clock::time_point> listed_at);
  // Lays headers, paddings and the tar's end into `room` (rule.most bytes), and leaves room for the parts. False when
  // there is no further piece.
  bool next(PieceShape& shape, std::span<std::byte> room);

 private:
  void load_next();
  void put(PieceShape& shape, std::span<std::byte> room);
  void add_looks(const Part& part);
  std::uint64_t left() const { return header_.size() + content_ + padding_; }
  bool nothing_left() const { return left() == 0; }

  const std::vector<Entry>& entries_;
  CutRule rule_;
  std::optional<std::int64_t> listed_ns_;
  TarHeaders headers_;
  std::size_t at_ = 0;  // the entry that comes next
  bool is_ended_ = false;
  // What is still to be laid of the present entry, in this order, and where its content goes on.
  Bytes header_;
  std::uint64_t content_ = 0, padding_ = 0, from_ = 0;
  std::size_t least_ = 0;  // at which the piece ends with the present entry
  Sha256 looks_;
  bool is_certain_ = true;
};

}  // namespace lapstrake::layers
