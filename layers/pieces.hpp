// A layer's tar, cut into pieces by a rule that depends on the entries alone.
#pragma once
#include <deque>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/tar.hpp>
#include <optional>
#include <vector>

#include "content.hpp"

namespace lapstrake::layers {

using Piece = std::vector<std::byte>;

// The rule, part of the byte format: an entry longer than `most` has pieces of its own, cut at multiples of `most` from
// its beginning; of the others, one that would make a piece longer than `most` begins a new one, and a piece ends after
// the entry with which it reaches `least`. So a changed file changes one piece, and a big file what is in it alone.
struct CutRule {
  std::size_t least, most;
};

class TarPieces {
 public:
  TarPieces(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule);
  // The next piece; nothing after the last.
  std::optional<Piece> next();

 private:
  void advance();
  void begin(const Entry& entry);
  void put(Bytes bytes);
  void seal();

  const std::vector<Entry>& entries_;
  CutRule rule_;
  std::size_t at_ = 0;  // the next entry
  std::optional<ContentReader> reading_;
  std::size_t least_ = 0;  // at which the piece ends with the present entry
  bool in_header_ = false, ended_ = false;
  Piece header_, open_;
  std::vector<std::byte> buffer_;
  std::deque<Piece> ready_;
  TarWriter tar_;
};

}  // namespace lapstrake::layers
