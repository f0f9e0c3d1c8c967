// What does not compress is stored, and nothing else.
#include "../../layers/noise.hpp"

#include <zlib.h>

#include <lapstrake/base/text.hpp>
#include <random>

#include "layers/entries.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random() >> 13);
  return out;
}

std::string deflated(const std::string& text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  REQUIRE(compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                    text.size(), 6) == Z_OK);
  out.resize(size);
  return out;
}

std::string numbers(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += cat(i * i, " ");
  return out;
}

}  // namespace

TEST_CASE("random and compressed bytes look like noise; texts, numbers and little of anything do not") {
  CHECK(looks_like_noise(as_bytes(noise(500'000, 1))));
  CHECK(looks_like_noise(as_bytes(noise(64 << 10, 2))));
  CHECK(looks_like_noise(as_bytes(deflated(numbers(200'000)))));
  CHECK_FALSE(looks_like_noise(as_bytes(noise((64 << 10) - 1, 3))));
  CHECK_FALSE(looks_like_noise(as_bytes(numbers(50'000))));
  CHECK_FALSE(looks_like_noise(as_bytes(std::string(500'000, '\0'))));
  std::string hex = noise(500'000, 4);
  for (char& c : hex) c = "0123456789abcdef"[static_cast<unsigned char>(c) % 16];
  CHECK_FALSE(looks_like_noise(as_bytes(hex)));
  std::string counters;  // low bytes alone are even
  for (std::uint32_t i = 0; i < 100'000; ++i) counters.append(reinterpret_cast<const char*>(&i), 4);
  CHECK_FALSE(looks_like_noise(as_bytes(counters)));
}

TEST_CASE("noise grows by five bytes in 64 KiB at most; noise that repeats is compressed") {
  const auto lone = layer_of({file("f", noise(3'000'000, 5))});
  CHECK(lone.written.size < lone.written.tar_size + 5 * (lone.written.tar_size / 65'535 + 10) + 200);
  std::string again;
  for (int i = 0; i < 700; ++i) again += noise(4'000, 6);
  const auto tiled = layer_of({file("f", again)});
  CHECK(tiled.written.size < tiled.written.tar_size / 10);
}
