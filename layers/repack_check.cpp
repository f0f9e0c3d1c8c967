#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/repack_check.hpp>
#include <lapstrake/layers/unpacked.hpp>
#include <numeric>
#include <optional>
#include <random>

#include "codec.hpp"
#include "piece_planner.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::size_t most_written_at_once = 64 << 10;
constexpr std::size_t sampled_one_in = 8;

// The empty stored block, aligned to a byte, that ends a piece whose last symbols ended on a byte (deflate_join.hpp).
constexpr std::array<std::byte, 5> empty_block{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xff},
                                               std::byte{0xff}};

std::uint64_t sum_of(const std::vector<std::uint32_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
}

}  // namespace

std::vector<std::uint32_t> piece_sizes(const std::vector<Entry>& entries, oci::Codec codec, std::int64_t mtime) {
  const auto rule = cut_rule(codec);
  PiecePlanner planner(entries, mtime, rule, std::nullopt);
  const auto room = std::make_unique_for_overwrite<std::byte[]>(rule.most);
  std::vector<std::uint32_t> sizes;
  for (PiecePlan plan; planner.next(plan, {room.get(), rule.most});)
    sizes.push_back(static_cast<std::uint32_t>(plan.size));
  return sizes;
}

bool RepackCheck::secret_sample(std::size_t piece, std::size_t pieces) {
  if (pieces <= sampled_one_in || piece == 0 || piece + 1 == pieces) return true;
  return std::random_device()() % sampled_one_in == 0;
}

class RepackCheck::State {
 public:
  State(const oci::Compression& compression, std::vector<std::uint32_t> sizes, std::string what, Choose choose)
      : codec_(compression.codec),
        packer_(codec_, level_of(compression)),
        head_(Framing(codec_).head()),
        sizes_(std::move(sizes)),
        choose_(std::move(choose)),
        what_(what),
        unpacked_(codec_, sum_of(sizes_), std::move(what), Streams::ours,
                  {.raw = [this](Bytes raw) { take_raw(raw); }, .boundary = [this](std::uint64_t at) { cut(at); }}) {
    begin_piece();
  }

  void write(Bytes packed) {
    for (; !packed.empty(); packed = packed.subspan(std::min(packed.size(), most_written_at_once))) {
      const auto some = packed.first(std::min(packed.size(), most_written_at_once));
      segment_.insert(segment_.end(), some.begin(), some.end());
      if (segment_.size() > head_.size() + most_packed() + 2 * most_written_at_once) fail("is too long");
      unpacked_.write(some);
    }
  }

  oci::Digest finish() {
    const auto digest = unpacked_.finish();
    if (piece_ + 1 != sizes_.size()) fail("is the last piece");
    close_piece();
    check_tail();
    return digest;
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw Error(ErrorKind::integrity, cat(what_, " differs from lapstrake's own compression of this layer"))
        .because(cat("piece ", piece_ + 1, " of ", sizes_.size(), " ", why));
  }
  std::size_t most_packed() const { return Packer::room_for(codec_, piece_ < sizes_.size() ? sizes_[piece_] : 0); }
  bool is_full() const { return raw_.size() == sizes_[piece_]; }

  void begin_piece() {
    raw_.clear();
    end_.reset();
    is_end_unsure_ = false;
    is_chosen_ = piece_ < sizes_.size() && choose_(piece_, sizes_.size());
  }

  void take_raw(Bytes raw) {
    while (!raw.empty()) {
      if (is_full()) {
        if (piece_ + 1 == sizes_.size()) fail("is followed by more data");
        close_piece();
        ++piece_;
        begin_piece();
      }
      const auto part = raw.first(std::min<std::size_t>(raw.size(), sizes_[piece_] - raw_.size()));
      raw_.insert(raw_.end(), part.begin(), part.end());
      raw = raw.subspan(part.size());
    }
  }

  // The blob could be cut in front of its byte `at`.
  void cut(std::uint64_t at) {
    if (at <= segment_at_ || !is_full()) {
      if (piece_ == 0 && raw_.empty() && !has_head_) take_head(at);
      return;
    }
    const auto size = static_cast<std::size_t>(at - segment_at_);
    if (end_) {
      // Only a comparison shows whether the empty block belongs to the piece.
      if (is_end_unsure_ || !is_empty_block(*end_, size)) fail("is followed by an extra block");
      is_end_unsure_ = true;
    }
    end_ = size;
  }

  bool is_empty_block(std::size_t from, std::size_t to) const {
    return codec_ == oci::Codec::gzip && std::ranges::equal(Bytes(segment_).subspan(from, to - from), empty_block);
  }

  void take_head(std::uint64_t at) {
    has_head_ = true;
    if (at != head_.size() || as_text(Bytes(segment_).first(head_.size())) != head_)
      fail("has a different header before it");
    drop(head_.size());
  }

  void close_piece() {
    if (!end_) fail("does not end at the end of a block");
    if (*end_ > most_packed()) fail("is too long");
    if (is_chosen_ || is_end_unsure_) {
      packed_.resize(most_packed());
      const auto size = packer_.pack(raw_, packed_);
      if (!std::ranges::equal(Bytes(packed_).first(size), Bytes(segment_).first(*end_))) fail("differs");
    }
    drop(*end_);
  }

  // zlib compared the checksum and the size.
  void check_tail() const {
    const auto tail = Framing(codec_).tail();
    if (segment_.size() != tail.size() || (!tail.empty() && as_text(Bytes(segment_).first(2)) != tail.substr(0, 2)))
      fail("is followed by a different trailer");
  }

  void drop(std::size_t size) {
    segment_.erase(segment_.begin(), segment_.begin() + static_cast<std::ptrdiff_t>(size));
    segment_at_ += size;
  }

  oci::Codec codec_;
  Packer packer_;
  std::string head_;
  std::vector<std::uint32_t> sizes_;
  Choose choose_;
  std::string what_;
  std::size_t piece_ = 0;
  std::uint64_t segment_at_ = 0;          // where `segment_` begins in the blob
  std::vector<std::byte> raw_, segment_;  // of this piece; and of what follows it, as far as it was written
  std::vector<std::byte> packed_;         // room
  std::optional<std::size_t> end_;        // of this piece in `segment_`
  bool is_chosen_ = false, is_end_unsure_ = false, has_head_ = false;
  Unpacked unpacked_;
};

RepackCheck::RepackCheck(const oci::Compression& compression, std::vector<std::uint32_t> sizes, std::string what,
                         Choose choose)
    : state_(std::make_unique<State>(compression, std::move(sizes), std::move(what), std::move(choose))) {}

RepackCheck::~RepackCheck() = default;

void RepackCheck::write(Bytes packed) { state_->write(packed); }

oci::Digest RepackCheck::finish() { return state_->finish(); }

}  // namespace lapstrake::layers
