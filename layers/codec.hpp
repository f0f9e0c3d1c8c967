// Independently compressed pieces that make one stream. Part of the byte format: what is here may not change without
// it.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <string>

#include "pieces.hpp"

namespace lapstrake::layers {

CutRule cut_rule(oci::Codec codec);
// Error{usage} for a level that the codec does not have.
int level_of(const oci::Compression& compression);

// gzip: ONE member (SOCI and one-shot readers stop after the first) made of pieces that each begin with an empty
// window and end on a byte, so that they can be made in any order and anywhere: by libdeflate, whose bytes are the same
// on every CPU, joined at their seams (seam.hpp).
struct GzipPiece {
  std::string deflated;
  std::uint32_t crc = 0;
  std::uint64_t raw_size = 0;
};
GzipPiece gzip_piece(Bytes raw, int level);

class GzipMember {
 public:
  explicit GzipMember(Sink sink);  // writes the header
  void add(const GzipPiece& piece);
  void finish();  // the final empty block, CRC-32 and length

 private:
  Sink sink_;
  std::uint32_t crc_ = 0;
  std::uint64_t raw_size_ = 0;
};

// One zstd frame; a stream is any number of them.
std::string zstd_frame(Bytes raw, int level);

}  // namespace lapstrake::layers
