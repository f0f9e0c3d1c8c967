// Cuts a layer's tar into pieces by a rule that depends only on the entries.
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

// The rule is part of the byte format. An entry longer than `most` has its own pieces, cut at multiples of `most` from
// its beginning. Of the others as many form a piece as fit into `most`; if more follow, the piece has at least `least`
// bytes and ends before the entry whose path has the lowest hash. So cuts depend only on nearby entries: changing,
// adding or removing a file changes its piece and one or two neighbours, not all later ones.
struct CutRule {
  std::size_t least, most;
};

// A range of an entry's content in a piece.
struct ContentPart {
  std::uint32_t entry = 0;         // its number
  std::uint32_t at = 0, size = 0;  // in the piece
  std::uint64_t from = 0;          // in the content
};

// A piece before any content is read: everything except the bytes of its parts.
struct PiecePlan {
  std::size_t size = 0;
  std::vector<ContentPart> parts;
  Sha256Sum stamp{};  // PieceRecord::stamp
};

class PiecePlanner {
 public:
  // `listed_at`: when the listing of the entries began; without it stamps of host files are not trusted.
  PiecePlanner(const std::vector<Entry>& entries, std::int64_t mtime, CutRule rule,
               std::optional<std::chrono::system_clock::time_point> listed_at);
  // Writes headers, paddings and the tar's end to `room` (rule.most bytes), leaving space for the parts. False when
  // there are no more pieces.
  bool next(PiecePlan& plan, std::span<std::byte> room);
  // Per entry: the offset of its header in the tar. Call it after the last piece.
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
  std::size_t read_ = 0;  // how many entries have been planned
  bool is_ended_ = false;
  std::deque<Pending> ahead_;
  std::uint64_t ahead_size_ = 0;
  // The rest of the current entry, in this order, and the offset of its remaining content.
  std::uint32_t entry_ = 0;
  std::string header_;
  std::size_t header_at_ = 0;
  std::uint64_t content_ = 0, padding_ = 0, from_ = 0;
  std::vector<std::uint64_t> starts_;
  std::uint64_t seen_size_ = 0;  // of the entries that were planned
  Sha256 stamp_;
  bool is_certain_ = true;
};

}  // namespace lapstrake::layers
