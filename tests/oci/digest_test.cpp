#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/digest.hpp>
#include <string>

#include "support/catch.hpp"

using namespace lapstrake;
using oci::Digest;

namespace {
const std::string empty_sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
}

TEST_CASE("a digest is sha256 and 64 lower case hex digits") {
  CHECK(Digest::of("").text() == "sha256:" + empty_sum);
  CHECK(Digest::parse("sha256:" + empty_sum) == Digest::of(""));
  CHECK(Digest::of("").hex() == empty_sum);
  CHECK(Digest::of("").brief() == "e3b0c44298fc");
}

TEST_CASE("what is not a digest is none") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "sha256:", empty_sum, "sha512:" + empty_sum, "SHA256:" + empty_sum,
               "sha256:" + empty_sum + "0", "sha256:" + empty_sum.substr(1), "sha256:E" + empty_sum.substr(1),
               "sha256:g" + empty_sum.substr(1), " sha256:" + empty_sum, "sha256:" + empty_sum + "\n",
               "sha256:../" + empty_sum.substr(3));
  CAPTURE(text);
  CHECK_FALSE(Digest::parse(text).has_value());
}

TEST_CASE("a verified source gives the bytes through and then ends for good") {
  const Source source = verified(source_of("hello"), Digest::of("hello"), 5, "it");
  CHECK(read_all(source, 100, "it") == "hello");
  CHECK(read_all(source, 100, "it").empty());
}

TEST_CASE("a verified source fails at the first thing that is wrong") {
  struct Case {
    std::string text, digest_of;
    std::uint64_t size;
    std::string message;
  };
  const auto one = GENERATE(values<Case>({{"hellO", "hello", 5, "blob x has the wrong digest"},
                                          {"hell", "hello", 5, "blob x has only 4 of its 5 bytes"},
                                          {"hello", "hello", 6, "blob x has only 5 of its 6 bytes"},
                                          {"hello", "hello", 4, "blob x has more than its 4 bytes"},
                                          {"hello!", "hello", 5, "blob x has more than its 5 bytes"},
                                          {"", "hello", 5, "blob x has only 0 of its 5 bytes"},
                                          {"x", "", 0, "blob x has more than its 0 bytes"}}));
  CAPTURE(one.text, one.size);
  const Source source = verified(source_of(one.text), Digest::of(one.digest_of), one.size, "blob x");
  try {
    drain(source, [](Bytes) {});
    FAIL("nothing was noticed");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK(error.summary() == one.message);
  }
}

TEST_CASE("a verified source reads no further than the size allows") {
  std::size_t handed_out = 0;
  const Source endless = [&](std::span<std::byte> room) {
    handed_out += room.size();
    return room.size();
  };
  CHECK_THROWS_AS(drain(verified(endless, Digest::of(""), 1000, "it"), [](Bytes) {}), Error);
  CHECK(handed_out <= 512 << 10);
}
