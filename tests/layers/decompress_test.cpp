#include <archive.h>
#include <archive_entry.h>

#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/decompress.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

using Filter = int (*)(archive*);

std::string packed(const std::string& text, Filter filter) {
  const CHandle<archive, archive_write_free> out(archive_write_new());
  const CHandle<archive_entry, archive_entry_free> entry(archive_entry_new());
  std::string room(text.size() + 1024, '\0');
  std::size_t size = 0;
  REQUIRE(archive_write_set_format_raw(out.get()) == ARCHIVE_OK);
  REQUIRE(filter(out.get()) == ARCHIVE_OK);
  archive_write_set_bytes_in_last_block(out.get(), 1);
  REQUIRE(archive_write_open_memory(out.get(), room.data(), room.size(), &size) == ARCHIVE_OK);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  REQUIRE(archive_write_header(out.get(), entry.get()) == ARCHIVE_OK);
  REQUIRE(archive_write_data(out.get(), text.data(), text.size()) == static_cast<la_ssize_t>(text.size()));
  REQUIRE(archive_write_close(out.get()) == ARCHIVE_OK);
  room.resize(size);
  return room;
}

std::string read(const std::string& bytes, std::uint64_t most = 1 << 20) {
  return decompressed(source_of(bytes), "`Packages`", most);
}

// Text that does not compress to nothing.
std::string sample() {
  std::string text;
  for (unsigned i = 0; i < 20'000; ++i) text += cat("Package: p", i * 2'654'435'761u, "\n");
  return text;
}

}  // namespace

TEST_CASE("texts are decompressed by what they contain") {
  const auto text = sample();
  const auto filter =
      GENERATE(archive_write_add_filter_none, archive_write_add_filter_gzip, archive_write_add_filter_xz,
               archive_write_add_filter_bzip2, archive_write_add_filter_zstd);
  CHECK(read(packed(text, filter)) == text);
  CHECK(read(packed("a", filter)) == "a");
  CHECK(read(packed("", filter)).empty());
}

TEST_CASE("truncated texts are refused") {
  const auto filter = GENERATE(archive_write_add_filter_gzip, archive_write_add_filter_xz,
                               archive_write_add_filter_bzip2, archive_write_add_filter_zstd);
  const auto whole = packed(sample(), filter);
  for (const auto size : {whole.size() - 10, whole.size() / 2, std::size_t{100}}) {
    const auto error = failure_of([&] { read(whole.substr(0, size)); });
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK(error.summary() == "cannot decompress `Packages`");
    CHECK(!error.reason().empty());
  }
}

TEST_CASE("texts with a wrong checksum are refused") {
  const auto filter =
      GENERATE(archive_write_add_filter_xz, archive_write_add_filter_bzip2, archive_write_add_filter_zstd);
  auto bytes = packed(sample(), filter);
  bytes[bytes.size() / 2] ^= 0x10;
  CHECK(failure_of([&] { read(bytes); }).kind() == ErrorKind::integrity);
}

TEST_CASE("a text beyond the limit is refused before it fills the memory") {
  const auto bytes = packed(std::string(1 << 20, 'a'), archive_write_add_filter_xz);
  CHECK(read(bytes, 1 << 20).size() == 1 << 20);
  const auto error = failure_of([&] { read(bytes, (1 << 20) - 1); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "`Packages` decompresses to more than 1024.0 KiB");
}

TEST_CASE("errors of the stream go through the decompressor") {
  const auto bytes = packed(sample(), archive_write_add_filter_gzip);
  const auto from = [&](std::size_t whole) {  // fails after so many bytes
    return [source = source_of(std::string_view(bytes).substr(0, whole))](std::span<std::byte> room) {
      if (const auto size = source(room); size != 0) return size;
      throw Error(ErrorKind::network, "the connection was lost");
    };
  };
  for (const std::size_t whole : {std::size_t{0}, std::size_t{100}, bytes.size()})
    CHECK(failure_of([&] { decompressed(from(whole), "x", 1 << 20); }).kind() == ErrorKind::network);
}
