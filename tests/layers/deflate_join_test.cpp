#include "../../layers/deflate_join.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <random>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

std::string deflated(const std::string& raw, int level) {
  auto* compressor = libdeflate_alloc_compressor(level);
  std::string out(libdeflate_deflate_compress_bound(compressor, raw.size()), '\0');
  out.resize(libdeflate_deflate_compress(compressor, raw.data(), raw.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

// What zlib reads out of a raw stream; it must end exactly where the stream does.
std::string inflated(std::string stream) {
  z_stream state{};
  REQUIRE(inflateInit2(&state, -15) == Z_OK);
  std::string out;
  char room[65536];
  state.next_in = reinterpret_cast<unsigned char*>(stream.data());
  state.avail_in = static_cast<uInt>(stream.size());
  int result = Z_OK;
  while (result == Z_OK) {
    state.next_out = reinterpret_cast<unsigned char*>(room);
    state.avail_out = sizeof room;
    result = inflate(&state, Z_NO_FLUSH);
    out.append(room, sizeof room - state.avail_out);
  }
  inflateEnd(&state);
  CHECK(result == Z_STREAM_END);
  CHECK(state.avail_in == 0);
  return out;
}

std::string sample(std::mt19937& random, std::size_t size, int kind) {
  static const char* words[] = {"function ", "return ", "const ", "lapstrake", "(a, b)", "\n  ", "=> ", "0x1f"};
  std::string out;
  while (out.size() < size) switch (kind) {
      case 0: out += static_cast<char>(random()); break;   // noise: stored blocks
      case 1: out += words[random() % 8]; break;           // text
      case 2: out.append(random() % 300 + 1, 'z'); break;  // runs
      default: out += (random() % 50 == 0) ? static_cast<char>(random()) : static_cast<char>('a' + random() % 3);
    }
  out.resize(size);
  return out;
}

}  // namespace

TEST_CASE("streams joined at their seams are one stream with the same content", "[one thread]") {
  const int level = GENERATE(0, 1, 3, 6, 9, 12);
  std::mt19937 random(static_cast<unsigned>(level) + 7);
  std::string all, stream;
  for (int i = 0; i < 120; ++i) {
    const auto raw =
        sample(random, random() % 5 == 0 ? random() % 200000 : random() % 3000, static_cast<int>(random() % 4));
    auto piece = deflated(raw, level);
    make_joinable(piece);
    all += raw;
    stream += piece;
  }
  stream += std::string("\x03\x00", 2);
  CHECK(inflated(stream) == all);
}

TEST_CASE("zlib's own streams have seams too") {
  const int strategy = GENERATE(Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED, Z_FILTERED);
  std::mt19937 random(1);
  const auto raw = sample(random, 300000, 1);
  z_stream state{};
  REQUIRE(deflateInit2(&state, 6, Z_DEFLATED, -15, 8, strategy) == Z_OK);
  std::string stream(deflateBound(&state, raw.size()), '\0');
  state.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(raw.data()));
  state.avail_in = static_cast<uInt>(raw.size());
  state.next_out = reinterpret_cast<unsigned char*>(stream.data());
  state.avail_out = static_cast<uInt>(stream.size());
  REQUIRE(deflate(&state, Z_FINISH) == Z_STREAM_END);
  stream.resize(state.total_out);
  deflateEnd(&state);
  make_joinable(stream);
  CHECK(inflated(stream + std::string("\x03\x00", 2)) == raw);
}

TEST_CASE("damaged streams are refused or walked, never read past their end", "[one thread]") {
  std::mt19937 random(3);
  const auto whole = deflated(sample(random, 50000, 1), 6);
  CHECK_FALSE(find_end(as_bytes("")));
  CHECK_FALSE(find_end(as_bytes(whole + "x")));
  for (std::size_t size = 0; size + 1 < whole.size(); size += whole.size() / 300) {
    const auto part = std::make_unique<char[]>(size);  // of its own size: a sanitizer sees a read past it
    std::copy_n(whole.data(), size, part.get());
    CHECK_FALSE(find_end(as_bytes({part.get(), size})));
  }
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole.substr(0, random() % whole.size());
    for (unsigned j = 0; j < 1 + random() % 4 && !damaged.empty(); ++j)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto end = find_end(as_bytes(damaged));
    if (end) CHECK(end->end_bit <= damaged.size() * 8);
  }
}
