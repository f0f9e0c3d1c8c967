#include <lapstrake/base/text.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("cat joins texts and numbers without a locale") { CHECK(cat("a", 1, 'b', -2, std::string("c")) == "a1b-2c"); }

TEST_CASE("split keeps empty parts") {
  CHECK(split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string>{""});
}

TEST_CASE("nearest suggests a key that was misspelt, and nothing far away") {
  const std::vector<std::string> keys{"layers", "labels", "env"};
  CHECK(nearest("layrs", keys) == "layers");
  CHECK(nearest("lables", keys) == "labels");
  CHECK_FALSE(nearest("compression", keys));
}

TEST_CASE("printable escapes what would move a terminal") {
  CHECK(printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(printable("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(printable("a\x7f") == "a\\x7f");
  CHECK(printable("\u202e\u2066\u200f\u2028") == "\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xe2\\x80\\x8f\\xe2\\x80\\xa8");
  CHECK(printable("\u2013\u20ac") == "\u2013\u20ac");
  CHECK(printable("abcdef", 3) == "abc...");
  CHECK(printable("a\nb", 10, true) == "a\nb");
}

TEST_CASE("is_utf8 refuses surrogates and overlong forms") {
  CHECK(is_utf8("\xf0\x9f\x9a\xa2"));
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));
  CHECK_FALSE(is_utf8("\xc0\xaf"));
  CHECK_FALSE(is_utf8("\xe2\x82"));
}

TEST_CASE("parse_integer takes whole numbers only") {
  CHECK(parse_integer("42") == 42);
  CHECK_FALSE(parse_integer("42x"));
  CHECK_FALSE(parse_integer(""));
  CHECK_FALSE(parse_integer("99999999999999999999"));
}

TEST_CASE("sizes are said in binary units") {
  CHECK(human_size(512) == "512 B");
  CHECK(human_size(1536) == "1.5 KiB");
  CHECK(human_size(std::uint64_t{3} << 30) == "3.0 GiB");
}
