// A layer's tar, cut into pieces by a rule that depends on the entries alone.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/layers/entry.hpp>
#include <optional>
#include <span>
#include <vector>

#include "tar_headers.hpp"

namespace lapstrake::layers {

// The rule, part of the byte format. An entry longer than `most` has pieces of its own, cut at multiples of `most` from
// its beginning. Of the others as many make a piece as fit into `most`; if more follow, it ends where at least `least`
// are full, in front of the entry whose path has the lowest hash. So where pieces begin depends on what is near: a file
// that changed, came or went changes its piece and a neighbour or two, not all that come later.
struct CutRule {
  std::size_t least, most;
};

// Where a piece takes bytes from an entry's content.
struct ContentPart {
  std::uint32_t entry = 0;         // its number
  std::uint32_t at = 0, size = 0;  // in the piece
  std::uint64_t from = 0;          // in the content
};

// A piece before any content is read: all but what its parts bring.
struct PiecePlan {
  std::size_t size = 0;
  std::vector<ContentPart> parts;
  Sha256Sum stamp{};  // PieceRecord::stamp
};

class PiecePlanner {
 public:
  // `listed_at`: when the listing of the entries began; without it the looks of host files tell nothing.
  PiecePlanner(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule,
               std::optional<std::chrono::system_clock::time_point> listed_at);
  // Lays headers, paddings and the tar's end into `room` (rule.most bytes), and leaves room for the parts. False when
  // there is no further piece.
  bool next(PiecePlan& plan, std::span<std::byte> room);
  // Of each entry: where its header begins in the tar. For the end.
  std::vector<std::uint64_t> take_starts() { return std::move(starts_); }

 private:
  struct Pending {
    std::uint32_t entry = 0;
    std::string header;
    std::uint64_t size = 0;  // header, content and padding
  };
  void look_ahead();
  std::size_t next_count() const;
  void start(const Pending& pending);
  void put(PiecePlan& plan, std::span<std::byte> room);
  void add_stamp(const ContentPart& part);
  bool is_done() const { return header_at_ == header_.size() && content_ == 0 && padding_ == 0; }

  const std::vector<Entry>& entries_;
  CutRule rule_;
  std::optional<std::int64_t> listed_ns_;
  TarHeaders headers_;
  std::size_t read_ = 0;  // how many entries have been looked at
  bool is_ended_ = false;
  std::deque<Pending> ahead_;
  std::uint64_t ahead_size_ = 0;
  // What is still to be laid of the present entry, in this order, and where its content goes on.
  std::uint32_t entry_ = 0;
  std::string header_;
  std::size_t header_at_ = 0;
  std::uint64_t content_ = 0, padding_ = 0, from_ = 0;
  std::vector<std::uint64_t> starts_;
  std::uint64_t seen_size_ = 0;  // of the entries that were looked at
  Sha256 stamp_;
  bool is_certain_ = true;
};

}  // namespace lapstrake::layers
