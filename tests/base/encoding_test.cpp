#include <lapstrake/base/encoding.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("base64 goes there and back") {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "AWS:p\xff"})
    CHECK(base64_decode(base64(as_bytes(text))) == text);
  CHECK(base64(as_bytes("fo")) == "Zm8=");
  CHECK(base64_decode("Zm8") == "fo");
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text : {"a", "Zm8===", "Zm 8", "Zm8=a", "\xff\xff\xff\xff"}) CHECK_FALSE(base64_decode(text));
}

TEST_CASE("percent encoding keeps the unreserved set of RFC 3986") {
  CHECK(percent_encode("a b/c~\xc3\xa9") == "a%20b%2Fc~%C3%A9");
  CHECK(percent_encode("a/b", "/") == "a/b");
  CHECK(percent_decode("a%20b%2") == "a b%2");
}
