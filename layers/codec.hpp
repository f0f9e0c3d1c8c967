// Compresses pieces independently so that they form one stream. Part of the byte format: a change here needs a new one.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <memory>
#include <span>
#include <string>

#include "piece_planner.hpp"

struct libdeflate_compressor;
struct ZSTD_CCtx_s;

namespace lapstrake::layers {

CutRule cut_rule(oci::Codec codec);
// Error{usage} for a level that the codec does not have.
int level_of(const oci::Compression& compression);

// Compresses one piece at a time; the bytes depend only on the piece and the level. Not thread-safe.
//
// gzip: a piece begins with an empty window and ends on a byte (libdeflate's streams, joined by deflate_join.hpp), so
// that pieces can be compressed in any order; noise (noise.hpp) is stored uncompressed. zstd: a piece is a frame. none:
// there is nothing to do.
class Packer {
 public:
  Packer(oci::Codec codec, int level);
  ~Packer();
  // Writes the packed piece to the front of `room`, which has room_for(raw.size()) bytes, and returns its size.
  std::size_t pack(Bytes raw, std::span<std::byte> room);
  static std::size_t room_for(oci::Codec codec, std::size_t raw_size);
  // The approximate memory of one Packer, in bytes.
  static std::size_t weight(oci::Codec codec, int level);

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const noexcept;
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  bool is_in_vain(Bytes raw, std::span<std::byte> room);

  int level_;
  std::unique_ptr<libdeflate_compressor, Free> deflate_;
  std::unique_ptr<ZSTD_CCtx_s, Free> zstd_;
};

// The bytes before and after the pieces. gzip: ONE member (SOCI and one-shot readers stop after the first).
class Framing {
 public:
  explicit Framing(oci::Codec codec) : codec_(codec) {}
  std::string head() const;
  void add(std::uint32_t crc, std::uint64_t raw_size);  // of each piece, in order
  std::string tail() const;

 private:
  oci::Codec codec_;
  std::uint32_t crc_ = 0;
  std::uint64_t raw_size_ = 0;
};

std::uint32_t crc_of(Bytes raw);

}  // namespace lapstrake::layers
