#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/unpacked.hpp>
#include <lapstrake/layers/write.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;
using oci::Codec;

namespace {

struct Blob {
  Written written;
  std::string bytes;
};

Blob blob(Codec codec) {
  std::string text;
  for (unsigned i = 0; i < 700'000; ++i) text += cat(i * 2654435761u, " ");
  const std::vector<Entry> entries = {file("big", text), file("small", "hello\n")};
  std::string bytes;
  auto written =
      write_layer(entries, {.compression = {codec, std::nullopt}}, [&](Bytes some) { bytes += as_text(some); });
  return {std::move(written), std::move(bytes)};
}

oci::Digest unpacked(Codec codec, const std::string& bytes, std::uint64_t most, std::size_t at_once) {
  Unpacked stream(codec, most, "the blob");
  for (std::size_t at = 0; at < bytes.size(); at += at_once)
    stream.write(as_bytes(std::string_view(bytes).substr(at, at_once)));
  return stream.finish();
}

std::string failure(Codec codec, const std::string& bytes, std::uint64_t most) {
  try {
    unpacked(codec, bytes, most, 100'000);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    return error.reason();
  }
  return "none";
}

}  // namespace

TEST_CASE("a layer unpacks to its diff_id, in whatever pieces it comes", "[one thread]") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd, Codec::none);
  const auto at_once = GENERATE(std::size_t{7}, std::size_t{65'536}, std::size_t{1} << 30);
  const auto layer = blob(codec);
  CHECK(unpacked(codec, layer.bytes, layer.written.tar_size, at_once) == layer.written.diff_id);
}

TEST_CASE("what is no layer's blob is told apart", "[one thread]") {
  const auto codec = GENERATE(Codec::gzip, Codec::zstd);
  const auto layer = blob(codec);
  const auto most = layer.written.tar_size;
  CHECK(failure(codec, layer.bytes.substr(0, layer.bytes.size() / 2), most) == "it is truncated");
  CHECK(failure(codec, layer.bytes.substr(0, layer.bytes.size() - 1), most) == "it is truncated");
  CHECK(failure(codec, "", most) == "it is truncated");
  CHECK(failure(codec, std::string(1000, 'x'), most) != "none");
  CHECK(failure(codec, layer.bytes + "x", most) != "none");
  CHECK_THAT(failure(codec, layer.bytes, most - 1), Contains("more than"));
  auto bent = layer.bytes;
  bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
  bool is_seen = false;  // as a broken stream, or as another digest
  try {
    is_seen = unpacked(codec, bent, most, 4096) != layer.written.diff_id;
  } catch (const Error&) {
    is_seen = true;
  }
  CHECK(is_seen);
}

TEST_CASE("a second gzip member is none of the layer's", "[one thread]") {
  const auto layer = blob(Codec::gzip);
  CHECK(failure(Codec::gzip, layer.bytes + layer.bytes, 1 << 30) == "it has trailing data");
}

TEST_CASE("gzip members one after another are read where any stream may come, and nowhere else", "[one thread]") {
  const auto layer = blob(Codec::gzip);
  const auto twice = layer.bytes + layer.bytes;
  CHECK(failure(Codec::gzip, twice, 3 * layer.written.tar_size) == "it has trailing data");
  Unpacked any(Codec::gzip, 3 * layer.written.tar_size, "the blob", Streams::any);
  const auto at_once = GENERATE(std::size_t{1}, std::size_t{4096}, std::size_t{1} << 30);
  for (std::size_t at = 0; at < twice.size(); at += at_once)
    any.write(as_bytes(std::string_view(twice).substr(at, at_once)));
  const auto tar = blob(Codec::none).bytes;
  CHECK(any.finish() == oci::Digest::of(tar + tar));
}
