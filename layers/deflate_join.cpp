#include "deflate_join.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <lapstrake/base/error.hpp>

namespace lapstrake::layers {
namespace {

// RFC 1951 3.2.5. Entries past the 286th and 30th symbol are codes that no stream may use.
constexpr std::array<std::uint8_t, 29> length_extra = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                       2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<std::uint8_t, 19> length_order = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                       11, 4,  12, 3, 13, 2, 14, 1, 15};

unsigned distance_extra(unsigned symbol) { return symbol < 2 ? 0 : symbol / 2 - 1; }

// The stream's bits, lowest first. Reading past the end gives zeros and sets `overrun`.
class Bits {
 public:
  explicit Bits(Bytes bytes) : bytes_(bytes), end_(std::uint64_t{bytes.size()} * 8) {}

  // At least 57 bits from the current position on.
  std::uint64_t look() const {
    const std::uint64_t byte = at_ / 8;
    std::uint64_t word = 0;
    if (byte + 8 <= bytes_.size()) [[likely]] {
      std::memcpy(&word, bytes_.data() + byte, 8);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    } else {
      for (std::uint64_t i = byte; i < bytes_.size(); ++i)
        word |= std::to_integer<std::uint64_t>(bytes_[i]) << (8 * (i - byte));
    }
    return word >> (at_ % 8);
  }
  unsigned take(unsigned count) {
    const auto value = static_cast<unsigned>(look() & ((std::uint64_t{1} << count) - 1));
    at_ += count;
    return value;
  }
  void skip(std::uint64_t count) { at_ += count; }
  void to_byte() { at_ = (at_ + 7) / 8 * 8; }
  std::uint64_t at() const { return at_; }
  bool overrun() const { return at_ > end_; }

 private:
  Bytes bytes_;
  std::uint64_t at_ = 0, end_;
};

// A canonical Huffman code (RFC 1951 3.2.2), looked up by its first bits; longer codes are found by counting.
template <unsigned table_bits>
class Code {
 public:
  struct Entry {
    std::uint8_t bits = 0;  // 0: longer than the table, or no code at all
    std::uint16_t symbol = 0;
  };

  // False for lengths that are no code: over-subscribed, or incomplete with more than one symbol.
  bool build(const std::uint8_t* lengths, unsigned count) {
    counts_.fill(0);
    for (unsigned i = 0; i < count; ++i) ++counts_[lengths[i]];
    const unsigned used = count - counts_[0];
    counts_[0] = 0;
    int left = 1;
    for (unsigned length = 1; length <= 15; ++length) {
      left = left * 2 - counts_[length];
      if (left < 0) return false;
    }
    if (left > 0 && used > 1) return false;
    order(lengths, count);
    fill();
    return true;
  }

  Entry find(std::uint64_t bits) const {
    const Entry quick = table_[bits & (table_.size() - 1)];
    if (quick.bits != 0) [[likely]]
      return quick;
    return find_long(bits);
  }
  const std::array<Entry, std::size_t{1} << table_bits>& table() const { return table_; }

 private:
  void order(const std::uint8_t* lengths, unsigned count) {
    std::array<std::uint16_t, 17> next{};
    for (unsigned length = 1; length <= 15; ++length)
      next[length + 1] = static_cast<std::uint16_t>(next[length] + counts_[length]);
    for (unsigned i = 0; i < count; ++i)
      if (lengths[i] != 0) symbols_[next[lengths[i]]++] = static_cast<std::uint16_t>(i);
  }

  void fill() {
    table_.fill({});
    unsigned code = 0, index = 0;
    for (unsigned length = 1; length <= table_bits; ++length, code <<= 1)
      for (unsigned i = 0; i < counts_[length]; ++i, ++code, ++index) {
        const Entry entry{static_cast<std::uint8_t>(length), symbols_[index]};
        for (std::size_t at = reversed(code, length); at < table_.size(); at += std::size_t{1} << length)
          table_[at] = entry;
      }
  }

  Entry find_long(std::uint64_t bits) const {
    int code = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= 15; ++length, bits >>= 1) {
      code |= static_cast<int>(bits & 1);
      const int count = counts_[length];
      if (code - first < count)
        return {static_cast<std::uint8_t>(length), symbols_[static_cast<unsigned>(index + code - first)]};
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return {};
  }

  static std::size_t reversed(unsigned code, unsigned length) {
    std::size_t out = 0;
    for (; length > 0; --length, code >>= 1) out = out << 1 | (code & 1);
    return out;
  }

  std::array<std::uint16_t, 16> counts_{};
  std::array<std::uint16_t, 320> symbols_{};
  std::array<Entry, std::size_t{1} << table_bits> table_{};
};

constexpr unsigned literal_bits = 11, distance_bits = 9;

// What the next bits of a block hold, as far as `literal_bits` show it: literals, and then perhaps a length with its
// extra bits or the block's end.
struct Stretch {
  enum class End : std::uint8_t { literals, length, block, unknown };
  End end = End::unknown;
  std::uint8_t bits = 0;
};

class Walker {
 public:
  explicit Walker(Bytes bytes) : bits_(bytes), size_(bytes.size()) {}

  std::optional<StreamEnd> walk() {
    for (;;) {
      const auto header = bits_.at();
      const bool last = bits_.take(1) != 0;
      if (!block(bits_.take(2)) || bits_.overrun()) return std::nullopt;
      if (!last) continue;
      if ((bits_.at() + 7) / 8 != size_) return std::nullopt;
      return StreamEnd{.final_bit = header, .end_bit = bits_.at()};
    }
  }

 private:
  bool block(unsigned kind) {
    if (kind == 0) return stored();
    if (kind == 1) return fixed_codes() && symbols();
    if (kind == 2) return dynamic_codes() && symbols();
    return false;
  }

  bool stored() {
    bits_.to_byte();
    const unsigned length = bits_.take(16), check = bits_.take(16);
    if ((length ^ check) != 0xffff) return false;
    bits_.skip(std::uint64_t{length} * 8);
    return true;
  }

  bool fixed_codes() {
    std::array<std::uint8_t, 288> lengths;
    std::fill(lengths.begin(), lengths.begin() + 144, std::uint8_t{8});
    std::fill(lengths.begin() + 144, lengths.begin() + 256, std::uint8_t{9});
    std::fill(lengths.begin() + 256, lengths.begin() + 280, std::uint8_t{7});
    std::fill(lengths.begin() + 280, lengths.end(), std::uint8_t{8});
    std::array<std::uint8_t, 32> distances;
    distances.fill(5);
    return build(lengths.data(), 288, distances.data(), 32);
  }

  bool dynamic_codes() {
    const unsigned literals = bits_.take(5) + 257, distances = bits_.take(5) + 1, count = bits_.take(4) + 4;
    if (literals > 286 || distances > 30) return false;
    std::array<std::uint8_t, 19> code_lengths{};
    for (unsigned i = 0; i < count; ++i) code_lengths[length_order[i]] = static_cast<std::uint8_t>(bits_.take(3));
    if (!lengths_.build(code_lengths.data(), 19)) return false;
    std::array<std::uint8_t, 320> all{};
    if (!read_lengths(all, literals + distances)) return false;
    return all[256] != 0 && build(all.data(), literals, all.data() + literals, distances);
  }

  bool read_lengths(std::array<std::uint8_t, 320>& all, unsigned count) {
    for (unsigned at = 0; at < count;) {
      if (bits_.overrun()) return false;
      const auto found = lengths_.find(bits_.look());
      if (found.bits == 0) return false;
      bits_.skip(found.bits);
      if (found.symbol < 16) {
        all[at++] = static_cast<std::uint8_t>(found.symbol);
        continue;
      }
      if (found.symbol == 16 && at == 0) return false;
      const std::uint8_t value = found.symbol == 16 ? all[at - 1] : std::uint8_t{0};
      const unsigned times = found.symbol == 16   ? 3 + bits_.take(2)
                             : found.symbol == 17 ? 3 + bits_.take(3)
                                                  : 11 + bits_.take(7);
      if (at + times > count) return false;
      std::fill_n(all.begin() + at, times, value);
      at += times;
    }
    return true;
  }

  bool build(const std::uint8_t* literals, unsigned literal_count, const std::uint8_t* distances,
             unsigned distance_count) {
    if (!literals_.build(literals, literal_count) || !distances_.build(distances, distance_count)) return false;
    gather();
    return true;
  }

  void gather() {
    const auto& table = literals_.table();
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
      Stretch stretch;
      while (stretch.end == Stretch::End::unknown) {
        const auto entry = table[i >> stretch.bits];
        if (entry.bits == 0 || stretch.bits + entry.bits > literal_bits || entry.symbol > 285) break;
        stretch.bits = static_cast<std::uint8_t>(stretch.bits + entry.bits);
        if (entry.symbol == 256) stretch.end = Stretch::End::block;
        if (entry.symbol <= 256) continue;
        stretch.bits = static_cast<std::uint8_t>(stretch.bits + length_extra[entry.symbol - 257]);
        stretch.end = Stretch::End::length;
      }
      if (stretch.end == Stretch::End::unknown && stretch.bits > 0) stretch.end = Stretch::End::literals;
      stretches_[i] = stretch;
    }
    const auto& far = distances_.table();
    for (std::size_t i = 0; i < distance_sizes_.size(); ++i)
      distance_sizes_[i] = far[i].bits == 0 || far[i].symbol > 29
                               ? std::uint8_t{0}
                               : static_cast<std::uint8_t>(far[i].bits + distance_extra(far[i].symbol));
  }

  // Of one look's 57 bits, two stretches take at most 2 * 11 + 5, a distance 15 + 13.
  bool symbols() {
    while (!bits_.overrun()) {
      const std::uint64_t word = bits_.look();
      Stretch stretch = stretches_[word & (stretches_.size() - 1)];
      unsigned taken = stretch.bits;
      if (stretch.end == Stretch::End::literals) {
        stretch = stretches_[(word >> taken) & (stretches_.size() - 1)];
        taken += stretch.bits;
      }
      if (stretch.end == Stretch::End::length) [[likely]] {
        const unsigned size = distance_sizes_[(word >> taken) & (distance_sizes_.size() - 1)];
        if (size == 0 && !long_distance(word >> taken, taken)) return false;
        bits_.skip(taken + size);
      } else if (stretch.end == Stretch::End::literals) {
        bits_.skip(taken);
      } else if (stretch.end == Stretch::End::block) {
        bits_.skip(taken);
        return true;
      } else {
        bits_.skip(taken);
        bool is_end = false;
        if (!long_symbol(is_end)) return false;
        if (is_end) return true;
      }
    }
    return false;
  }

  bool long_distance(std::uint64_t word, unsigned& taken) const {
    const auto distance = distances_.find(word);
    if (distance.bits == 0 || distance.symbol > 29) return false;
    taken += distance.bits + distance_extra(distance.symbol);
    return true;
  }

  // One symbol whose code is longer than the table's, with all that belongs to it.
  bool long_symbol(bool& is_end) {
    const std::uint64_t word = bits_.look();
    const auto found = literals_.find(word);
    if (found.bits == 0 || found.symbol > 285) return false;
    unsigned taken = found.bits;
    is_end = found.symbol == 256;
    if (found.symbol > 256) {
      taken += length_extra[found.symbol - 257];
      if (!long_distance(word >> taken, taken)) return false;
    }
    bits_.skip(taken);
    return true;
  }

  Bits bits_;
  std::uint64_t size_;
  Code<7> lengths_;
  Code<literal_bits> literals_;
  Code<distance_bits> distances_;
  std::array<Stretch, std::size_t{1} << literal_bits> stretches_{};
  std::array<std::uint8_t, std::size_t{1} << distance_bits> distance_sizes_{};
};

}  // namespace

std::optional<StreamEnd> find_end(Bytes deflate) { return Walker(deflate).walk(); }

std::size_t make_joinable(std::span<std::byte> room, std::size_t size) {
  const auto end = find_end(room.first(size));
  if (!end) throw Error(ErrorKind::internal, "the compressor made a stream that is not DEFLATE");
  room[end->final_bit / 8] &= ~(std::byte{1} << (end->final_bit % 8));
  // Whatever padded the stream's last byte goes; three zero bits (not final, stored), zeros up to a byte, a length of
  // none.
  if (const unsigned used = end->end_bit % 8; used != 0)
    room[end->end_bit / 8] &= static_cast<std::byte>((1u << used) - 1);
  const std::size_t open = (end->end_bit + 3 + 7) / 8;
  if (open > size) room[size] = std::byte{0};
  constexpr std::array<std::byte, 4> length{std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};
  std::copy(length.begin(), length.end(), room.begin() + static_cast<std::ptrdiff_t>(open));
  return open + length.size();
}

void make_joinable(std::string& deflate) {
  const std::size_t size = deflate.size();
  deflate.resize(size + most_join_bytes);
  deflate.resize(make_joinable(std::as_writable_bytes(std::span(deflate)), size));
}

}  // namespace lapstrake::layers
