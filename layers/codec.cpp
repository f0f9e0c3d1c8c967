#include "codec.hpp"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "deflate_join.hpp"
#include "noise.hpp"

namespace lapstrake::layers {
namespace {

// The fastest with which no corpus of bench/ became larger than what others make by default: gzip against Go's level 1
// (crane's), zstd against Go's gzip level 6 (BuildKit's). Sizes: bench/README.md.
constexpr int default_gzip_level = 1, default_zstd_level = 2;

[[noreturn]] void fail(std::string_view library, std::string_view why) {
  throw Error(ErrorKind::internal, cat(library, " cannot compress a piece")).because(std::string(why));
}

// No name, no time, nothing said about the level, operating system unknown: RFC 1952 2.3.
constexpr std::array<unsigned char, 10> gzip_header = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
// A last block with fixed codes and no symbol but its end: RFC 1951 3.2.6.
constexpr std::array<unsigned char, 2> last_block = {0x03, 0x00};

// RFC 1951 3.2.4: stored blocks, none of them the last. They end on a byte.
std::size_t store(Bytes raw, std::span<std::byte> room) {
  constexpr std::size_t most = 0xffff, head = 5;
  std::size_t at = 0;
  while (!raw.empty()) {
    const std::size_t size = std::min(raw.size(), most);
    const auto low = static_cast<std::byte>(size & 0xff), high = static_cast<std::byte>(size >> 8);
    const std::array<std::byte, head> header{std::byte{0}, low, high, ~low, ~high};
    std::copy(header.begin(), header.end(), room.begin() + static_cast<std::ptrdiff_t>(at));
    std::copy_n(raw.begin(), size, room.begin() + static_cast<std::ptrdiff_t>(at + head));
    at += head + size;
    raw = raw.subspan(size);
  }
  return at;
}

Bytes bytes_of(std::span<const unsigned char> bytes) { return std::as_bytes(bytes); }

std::array<unsigned char, 4> little_endian(std::uint32_t number) {
  std::array<unsigned char, 4> out{};
  for (unsigned i = 0; i < 4; ++i) out[i] = static_cast<unsigned char>(number >> (8 * i));
  return out;
}

}  // namespace

CutRule cut_rule(oci::Codec codec) {
  switch (codec) {
    case oci::Codec::gzip: return {128 << 10, 512 << 10};
    case oci::Codec::zstd: return {2 << 20, 4 << 20};  // its larger window profits from larger pieces
    case oci::Codec::none: break;
  }
  return {512 << 10, 512 << 10};
}

int level_of(const oci::Compression& compression) {
  const bool gzip = compression.codec == oci::Codec::gzip;
  if (compression.codec == oci::Codec::none) return 0;
  const int level = compression.level.value_or(gzip ? default_gzip_level : default_zstd_level),
            most = oci::most_level(compression.codec);
  if (level < 1 || level > most)
    throw Error(ErrorKind::usage, cat("invalid ", gzip ? "gzip" : "zstd", " level ", level),
                cat("choose a level from 1 to ", most));
  return level;
}

Packer::Packer(oci::Codec codec, int level) : level_(level) {
  if (codec == oci::Codec::gzip) deflate_.reset(libdeflate_alloc_compressor(level));
  if (codec == oci::Codec::zstd) zstd_.reset(ZSTD_createCCtx());
  if (codec == oci::Codec::gzip && !deflate_) fail("libdeflate", "out of memory");
  if (codec == oci::Codec::zstd && !zstd_) fail("zstd", "out of memory");
}

Packer::~Packer() = default;

void Packer::Free::operator()(libdeflate_compressor* compressor) const noexcept {
  libdeflate_free_compressor(compressor);
}
void Packer::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

std::size_t Packer::pack(Bytes raw, std::span<std::byte> room) {
  if (deflate_) {
    if (is_in_vain(raw, room)) return store(raw, room);
    const std::size_t size =
        libdeflate_deflate_compress(deflate_.get(), raw.data(), raw.size(), room.data(), room.size() - most_join_bytes);
    if (size == 0) fail("libdeflate", "its output buffer is too small");
    return make_joinable(room, size);
  }
  const std::size_t size = ZSTD_compressCCtx(zstd_.get(), room.data(), room.size(), raw.data(), raw.size(), level_);
  if (ZSTD_isError(size) != 0) fail("zstd", ZSTD_getErrorName(size));
  return size;
}

// True when the bytes are evenly distributed and a sample does not compress either (the distribution alone does not
// show repetitions).
bool Packer::is_in_vain(Bytes raw, std::span<std::byte> room) {
  constexpr std::size_t sample = 64 << 10;  // twice the window
  if (!looks_like_noise(raw)) return false;
  const Bytes middle = raw.subspan((raw.size() - sample) / 2, sample);
  const std::size_t size =
      libdeflate_deflate_compress(deflate_.get(), middle.data(), middle.size(), room.data(), room.size());
  return size == 0 || size > sample - sample / 100;
}

std::size_t Packer::room_for(oci::Codec codec, std::size_t raw_size) {
  switch (codec) {
    case oci::Codec::gzip: return libdeflate_deflate_compress_bound(nullptr, raw_size) + most_join_bytes;
    case oci::Codec::zstd: return ZSTD_compressBound(raw_size);
    case oci::Codec::none: break;
  }
  return 0;
}

std::size_t Packer::weight(oci::Codec codec, int level) {
  switch (codec) {
    case oci::Codec::gzip: return level < 10 ? 1 << 20 : 10 << 20;  // 10 to 12 look for the best parse
    case oci::Codec::zstd:  // by ZSTD_estimateCCtxSize of 1.5.4, for pieces of 4 MiB
      return std::size_t{level < 4 ? 2u : level < 10 ? 13u : level < 12 ? 25u : level < 13 ? 49u : 80u} << 20;
    case oci::Codec::none: break;
  }
  return 0;
}

std::string Framing::head() const {
  return codec_ == oci::Codec::gzip ? std::string(as_text(bytes_of(gzip_header))) : std::string();
}

void Framing::add(std::uint32_t crc, std::uint64_t raw_size) {
  if (codec_ != oci::Codec::gzip) return;
  crc_ = static_cast<std::uint32_t>(crc32_combine(crc_, crc, static_cast<z_off_t>(raw_size)));
  raw_size_ += raw_size;
}

std::string Framing::tail() const {
  if (codec_ != oci::Codec::gzip) return {};
  return cat(as_text(bytes_of(last_block)), as_text(bytes_of(little_endian(crc_))),
             as_text(bytes_of(little_endian(static_cast<std::uint32_t>(raw_size_)))));
}

std::uint32_t crc_of(Bytes raw) { return libdeflate_crc32(0, raw.data(), raw.size()); }

}  // namespace lapstrake::layers
