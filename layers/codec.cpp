#include "codec.hpp"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "seam.hpp"

namespace lapstrake::layers {
namespace {

[[noreturn]] void fail(std::string_view library, std::string_view why) {
  throw Error(Fault::internal, cat(library, " cannot compress a piece")).because(std::string(why));
}

// No name, no time, nothing said about the level, operating system unknown: RFC 1952 2.3.
constexpr std::array<unsigned char, 10> gzip_header = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
// A last block with fixed codes and no symbol but its end: RFC 1951 3.2.6.
constexpr std::array<unsigned char, 2> last_block = {0x03, 0x00};

Bytes bytes_of(std::span<const unsigned char> bytes) { return std::as_bytes(bytes); }

std::array<unsigned char, 4> little_endian(std::uint32_t number) {
  std::array<unsigned char, 4> out{};
  for (unsigned i = 0; i < 4; ++i) out[i] = static_cast<unsigned char>(number >> (8 * i));
  return out;
}

}  // namespace

CutRule cut_rule(oci::Codec codec) {
  switch (codec) {
    case oci::Codec::gzip: return {256 << 10, 512 << 10};
    case oci::Codec::zstd: return {3 << 20, 4 << 20};  // its window wants more to look back on
    case oci::Codec::none: break;
  }
  return {512 << 10, 512 << 10};
}

int level_of(const oci::Compression& compression) {
  const bool gzip = compression.codec == oci::Codec::gzip;
  if (compression.codec == oci::Codec::none) return 0;
  const int level = compression.level.value_or(gzip ? 1 : 3), most = oci::most_level(compression.codec);
  if (level < 1 || level > most)
    throw Error(Fault::usage, cat(gzip ? "gzip" : "zstd", " has no level ", level),
                cat("choose a level from 1 to ", most));
  return level;
}

GzipPiece gzip_piece(Bytes raw, int level) {
  const CHandle<libdeflate_compressor, libdeflate_free_compressor> compressor(libdeflate_alloc_compressor(level));
  if (compressor == nullptr) fail("libdeflate", "out of memory");
  GzipPiece out{.deflated = std::string(libdeflate_deflate_compress_bound(compressor.get(), raw.size()), '\0'),
                .raw_size = raw.size()};
  const std::size_t size =
      libdeflate_deflate_compress(compressor.get(), raw.data(), raw.size(), out.deflated.data(), out.deflated.size());
  if (size == 0) fail("libdeflate", "the room for its output is too small");
  out.deflated.resize(size);
  open_end(out.deflated);
  out.crc = libdeflate_crc32(0, raw.data(), raw.size());
  return out;
}

GzipMember::GzipMember(Sink sink) : sink_(std::move(sink)) { sink_(bytes_of(gzip_header)); }

void GzipMember::add(const GzipPiece& piece) {
  sink_(as_bytes(piece.deflated));
  crc_ = static_cast<std::uint32_t>(crc32_combine(crc_, piece.crc, static_cast<z_off_t>(piece.raw_size)));
  raw_size_ += piece.raw_size;
}

void GzipMember::finish() {
  sink_(bytes_of(last_block));
  sink_(bytes_of(little_endian(crc_)));
  sink_(bytes_of(little_endian(static_cast<std::uint32_t>(raw_size_))));
}

std::string zstd_frame(Bytes raw, int level) {
  const CHandle<ZSTD_CCtx, ZSTD_freeCCtx> context(ZSTD_createCCtx());
  if (context == nullptr) fail("zstd", "out of memory");
  std::string out(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compressCCtx(context.get(), out.data(), out.size(), raw.data(), raw.size(), level);
  if (ZSTD_isError(size) != 0) fail("zstd", ZSTD_getErrorName(size));
  out.resize(size);
  return out;
}

}  // namespace lapstrake::layers
