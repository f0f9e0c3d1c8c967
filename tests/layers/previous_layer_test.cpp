// What is known of an earlier layer makes a build cheaper, and never another.
#include <fcntl.h>
#include <sys/stat.h>

#include <lapstrake/layers/layer_index.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;
using oci::Codec;

namespace {

constexpr auto far_ahead = std::chrono::system_clock::time_point(std::chrono::hours(24 * 365 * 150));

struct Bench {
  TempDir dir;
  Codec codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  unsigned jobs = GENERATE(1u, 3u);
  std::vector<Entry> tree;

  Bench() {
    for (char name = 'a'; name < 'k'; ++name) add(std::string(1, name), 600'000, name);
  }

  void add(const std::string& name, std::size_t size, char fill) {
    std::string text(size, fill);
    for (std::size_t i = 0; i < size; i += 37) text[i] = static_cast<char>('0' + i % 73);
    tree.push_back(from_host(name, dir.write(name, text)));
  }

  // `listed_at` far ahead: no file counts as fresh.
  Layer built(const PreviousLayer* previous) const {
    return layer_of(
        tree, {.compression = {codec, {}}, .mtime = 3, .jobs = jobs, .listed_at = far_ahead, .previous = previous});
  }
  PreviousLayer previous(const Layer& layer) const {
    const auto path = dir.write("blob", layer.bytes);
    return {.index = layer.written.index, .blob = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC))};
  }
  void edit(std::size_t number, const std::string& text) {
    tree[number] = from_host(tree[number].path, dir.write(tree[number].path, text));
  }
};

std::chrono::system_clock::time_point last_change(const Entry& entry) {
  const auto since = std::chrono::nanoseconds(std::get<HostFile>(entry.content).stamp().changed_ns);
  return std::chrono::system_clock::time_point(since);
}

std::string to_bytes(const LayerIndex& index) {
  std::string out;
  write_index(index, [&](Bytes bytes) { out += as_text(bytes); });
  return out;
}

}  // namespace

TEST_CASE("a changed file costs its own pieces, and the layer is the one of a build that knows nothing") {
  Bench bench;
  const auto previous = bench.previous(bench.built(nullptr));
  const std::size_t edited = GENERATE(0u, 4u, 9u);
  bench.edit(edited, GENERATE("short", "another text of the file that takes its place"));
  const Layer cheap = bench.built(&previous), dear = bench.built(nullptr);
  CHECK(cheap.bytes == dear.bytes);
  CHECK(cheap.written.diff_id == dear.written.diff_id);
  CHECK(cheap.written.digest == dear.written.digest);
  CHECK_FALSE(cheap.written.is_previous_damaged);
  if (bench.codec == Codec::gzip) CHECK(cheap.written.reused_size > 5'000'000);  // of 6
  if (bench.codec == Codec::zstd && edited > 4) CHECK(cheap.written.reused_size > 1'500'000);
  CHECK(dear.written.reused_size == 0);
}

TEST_CASE("what looks as it did is not read, and what was only touched is not packed again") {
  Bench bench;
  const Layer first = bench.built(nullptr);
  const auto previous = bench.previous(first);
  const bool touched = GENERATE(true, false);
  if (touched)
    for (std::size_t i = 0; i < bench.tree.size(); ++i) bench.edit(i, bench.dir.read(bench.tree[i].path));
  else
    std::filesystem::remove(bench.dir / "a");  // so that it could not be opened
  const Layer again = bench.built(&previous);
  CHECK(again.bytes == first.bytes);
  if (bench.codec != Codec::none) CHECK(again.written.reused_size == again.written.tar_size);
}

TEST_CASE("a damaged blob is noticed, piece by piece, and costs time only") {
  Bench bench;
  const Layer first = bench.built(nullptr);
  Layer damaged = first;
  const bool cut = GENERATE(true, false);
  if (cut)
    damaged.bytes.resize(damaged.bytes.size() / 2);
  else
    for (std::size_t at = 100; at < damaged.bytes.size(); at += damaged.bytes.size() / 5) damaged.bytes[at] ^= 1;
  const auto previous = bench.previous(damaged);
  const Layer again = bench.built(&previous);
  CHECK(again.bytes == first.bytes);
  CHECK(again.written.digest == first.written.digest);
  CHECK(again.written.is_previous_damaged);
}

TEST_CASE("a layer of another level, codec or byte format is no help") {
  Bench bench;
  const Layer first = bench.built(nullptr);
  auto previous = bench.previous(first);
  const int what = GENERATE(0, 1, 2);
  if (what == 0) previous.index.level += 1;
  if (what == 1) previous.index.codec = bench.codec == Codec::gzip ? Codec::zstd : Codec::gzip;
  if (what == 2) previous.index.byte_format = "0 (another)";
  const Layer again = bench.built(&previous);
  CHECK(again.written.reused_size == 0);
  CHECK(again.bytes == first.bytes);
}

TEST_CASE("a file so fresh that its times cannot show a change is read again") {
  Bench bench;
  bench.tree.resize(1);
  const auto listed_at = last_change(bench.tree.front());
  const Layer first = layer_of(bench.tree, {.compression = {bench.codec, {}}, .listed_at = listed_at});
  for (const auto& piece : first.written.index.pieces) {
    const bool has_files = piece.first_part != first.written.index.parts.size() &&
                           piece.raw_size > 1024;  // the tar's end alone looks always the same
    if (has_files) CHECK(piece.stamp == Sha256Sum{});
  }
}

TEST_CASE("a file dated ahead of time is known by its looks all the same") {
  TempDir dir;
  const auto path = dir.write("f", "text");
  const timespec times[2] = {{.tv_sec = 4'000'000'000, .tv_nsec = 1}, {.tv_sec = 4'000'000'000, .tv_nsec = 1}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  const auto later = std::chrono::system_clock::now() + std::chrono::seconds(3);
  const Layer layer = layer_of({from_host("f", path)}, {.listed_at = later});
  CHECK(layer.written.index.pieces.at(0).stamp != Sha256Sum{});
  const auto entry = from_host("f", path);
  const Layer at_once = layer_of({entry}, {.listed_at = last_change(entry)});
  CHECK(at_once.written.index.pieces.at(0).stamp == Sha256Sum{});
}

TEST_CASE("an index reads back as it was, and one with any byte changed or missing is none") {
  const Bench bench;
  const Layer layer = bench.built(nullptr);
  const auto bytes = to_bytes(layer.written.index);
  const auto again = layer_index(bytes);
  REQUIRE(again);
  CHECK(to_bytes(*again) == bytes);
  REQUIRE(again->pieces.size() == layer.written.index.pieces.size());
  CHECK(again->pieces.back().tar == layer.written.index.pieces.back().tar);
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    CHECK_FALSE(layer_index(damaged));
    CHECK_FALSE(layer_index(bytes.substr(0, at)));
  }
  CHECK_FALSE(layer_index(bytes + "x"));
}
