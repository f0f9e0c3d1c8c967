#include <libdeflate.h>
#include <zstd.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/repack_check.hpp>
#include <map>
#include <random>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/gzip.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;
using oci::Codec;

namespace {

struct Sample {
  oci::Compression compression;
  std::vector<Entry> entries;
  Layer layer;
  std::vector<std::uint32_t> sizes;
};

// Text, noise (which is stored) and an end of a few bytes; more than 8 pieces.
Sample make_sample(Codec codec, std::optional<int> level) {
  std::string block, text, noise;
  for (unsigned i = 0; i < 20'000; ++i) block += cat(i * 2654435761u, " ");
  const std::size_t most = codec == Codec::zstd ? 34 << 20 : 3 << 20;
  while (text.size() < most) text += cat(text.size(), block);
  std::mt19937 random(1);
  for (unsigned i = 0; i < 1'200'000; ++i) noise += static_cast<char>(random() >> 24);
  std::vector<Entry> entries = {file("a", text), file("b", noise), file("c", "hello\n")};
  auto layer = layer_of(entries, {.compression = {codec, level}, .mtime = 7});
  auto sizes = piece_sizes(entries, codec, 7);
  return {{codec, level}, std::move(entries), std::move(layer), std::move(sizes)};
}

// Made once for all test cases: it takes seconds without optimisation.
const Sample& sample(Codec codec, std::optional<int> level = std::nullopt) {
  static std::map<std::pair<Codec, std::optional<int>>, Sample> made;
  const std::pair key(codec, level);
  auto found = made.find(key);
  if (found == made.end()) found = made.emplace(key, make_sample(codec, level)).first;
  return found->second;
}

oci::Digest checked(const Sample& sample, const std::string& bytes, std::size_t at_once = 1 << 20,
                    RepackCheck::Choose choose = RepackCheck::secret_sample) {
  RepackCheck check(sample.compression, sample.sizes, "the blob", std::move(choose));
  for (std::size_t at = 0; at < bytes.size(); at += at_once)
    check.write(as_bytes(std::string_view(bytes).substr(at, at_once)));
  return check.finish();
}

std::string refusal(const Sample& sample, const std::string& bytes, RepackCheck::Choose choose) {
  try {
    checked(sample, bytes, 100'000, std::move(choose));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    return error.reason();
  }
  return "none";
}

bool no_piece(std::size_t, std::size_t) { return false; }
bool every_piece(std::size_t, std::size_t) { return true; }

std::string tar_of(const Sample& sample) {
  return layer_of(sample.entries, {.compression = {Codec::none, {}}, .mtime = 7}).bytes;
}

std::string frame_of(std::string_view text, int level) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), level));
  return out;
}

}  // namespace

TEST_CASE("a layer of ours passes, whatever the size of the parts in which it comes", "[one thread]") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd);
  const auto at_once = GENERATE(std::size_t{1'000}, std::size_t{1} << 30);
  const auto& ours = sample(codec);
  REQUIRE(ours.sizes.size() > 8);
  CHECK(checked(ours, ours.layer.bytes, at_once, every_piece) == ours.layer.written.diff_id);
  CHECK(checked(ours, ours.layer.bytes, at_once) == ours.layer.written.diff_id);
}

TEST_CASE("the sizes of the pieces are those of the layer's index", "[one thread]") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd);
  const auto& ours = sample(codec);
  std::vector<std::uint32_t> sizes;
  for (const auto& piece : ours.layer.written.index.pieces) sizes.push_back(piece.raw_size);
  CHECK(ours.sizes == sizes);
}

TEST_CASE("the same tar compressed otherwise is refused", "[one thread]") {
  auto ours = sample(Codec::gzip);
  SECTION("by another program") {
    const auto other = gzip_of(tar_of(ours), GENERATE(1, 9));
    CHECK(refusal(ours, other, RepackCheck::secret_sample) != "none");
  }
  SECTION("at another level") {
    const auto& other = sample(Codec::gzip, 9);
    CHECK(other.layer.written.diff_id == ours.layer.written.diff_id);
    CHECK(refusal(ours, other.layer.bytes, RepackCheck::secret_sample) ==
          cat("piece 1 of ", ours.sizes.size(), " differs"));
  }
  SECTION("at another level of zstd") {
    ours = sample(Codec::zstd);
    CHECK(refusal(ours, sample(Codec::zstd, 9).layer.bytes, RepackCheck::secret_sample) ==
          cat("piece 1 of ", ours.sizes.size(), " differs"));
  }
}

TEST_CASE("one piece compressed otherwise is found when it is compared", "[one thread]") {
  const auto& ours = sample(Codec::zstd);
  const auto tar = tar_of(ours);
  std::string mixed;
  std::size_t at = 0, number = 0;
  for (const auto size : ours.sizes) {
    mixed += frame_of(std::string_view(tar).substr(at, size), number++ == 3 ? 5 : 2);
    at += size;
  }
  REQUIRE(number > 4);
  CHECK(refusal(ours, mixed, [](std::size_t piece, std::size_t) { return piece == 3; }) ==
        cat("piece 4 of ", ours.sizes.size(), " differs"));
  CHECK(refusal(ours, mixed, [](std::size_t piece, std::size_t) { return piece != 3; }) == "none");
}

TEST_CASE("foreign bytes around the pieces are found without comparing any piece", "[one thread]") {
  auto ours = sample(Codec::gzip);
  auto bytes = ours.layer.bytes;
  REQUIRE(refusal(ours, bytes, no_piece) == "none");
  SECTION("a comment in the gzip header") {
    bytes[3] = 16;
    bytes.insert(10, std::string("foreign\0", 8));
  }
  SECTION("another operating system in the gzip header") { bytes[9] = 3; }
  SECTION("a time in the gzip header") { bytes[4] = 1; }
  SECTION("an empty block between the pieces") {
    bytes.insert(static_cast<std::size_t>(ours.layer.written.index.pieces[5].at),
                 std::string("\0\0\0\xff\xff\0\0\0\xff\xff", 10));
  }
  SECTION("one empty block behind a piece that is stored") {
    const auto& pieces = ours.layer.written.index.pieces;
    const auto stored = std::ranges::find_if(pieces, [](const auto& piece) { return piece.size > piece.raw_size; });
    REQUIRE(stored != pieces.end());
    bytes.insert(static_cast<std::size_t>(stored->at + stored->size), std::string("\0\0\0\xff\xff", 5));
  }
  SECTION("an empty block before the last one") {
    bytes.insert(bytes.size() - 10, std::string("\0\0\0\xff\xff\0\0\0\xff\xff", 10));
  }
  SECTION("a last block of another kind") { bytes.replace(bytes.size() - 10, 2, std::string("\1\0\0\xff\xff", 5)); }
  SECTION("another gzip member behind it") { bytes += gzip_of("", 1); }
  SECTION("an end that is cut off") { bytes.pop_back(); }
  SECTION("no byte at all") { bytes.clear(); }
  SECTION("zstd: a skippable frame") {
    ours = sample(Codec::zstd);
    bytes = ours.layer.bytes;
    const std::string frame("\x50\x2a\x4d\x18\4\0\0\0evil", 12);
    const auto where = GENERATE(0, 1, 2);
    bytes.insert(where == 0   ? 0
                 : where == 1 ? static_cast<std::size_t>(ours.layer.written.index.pieces[2].at)
                              : bytes.size(),
                 frame);
  }
  SECTION("zstd: an empty frame") {
    ours = sample(Codec::zstd);
    bytes = ours.layer.bytes + frame_of("", 2);
  }
  CHECK(refusal(ours, bytes, no_piece) != "none");
}

TEST_CASE("a stream of empty blocks is refused before it fills the memory") {
  const auto& ours = sample(Codec::gzip);
  std::string bytes = ours.layer.bytes.substr(0, 10);
  for (unsigned i = 0; i < 400'000; ++i) bytes += std::string("\0\0\0\xff\xff", 5);
  CHECK(refusal(ours, bytes, every_piece) == cat("piece 1 of ", ours.sizes.size(), " is too long"));
}

TEST_CASE("about one piece in eight is compared, and both ends are") {
  CHECK(RepackCheck::secret_sample(0, 1'000'000));
  CHECK(RepackCheck::secret_sample(999'999, 1'000'000));
  CHECK(RepackCheck::secret_sample(3, 8));
  std::size_t chosen = 0;
  for (std::size_t piece = 1; piece < 80'000; ++piece) chosen += RepackCheck::secret_sample(piece, 1'000'000) ? 1 : 0;
  CHECK(chosen > 8'000);  // 10,000 are expected, 94 are one standard deviation
  CHECK(chosen < 12'000);
}
