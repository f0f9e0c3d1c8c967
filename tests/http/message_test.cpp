#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

TEST_CASE("header names compare without case, and set replaces") {
  Headers headers{{"Link", "a"}, {"link", "b"}};
  CHECK(headers.find("LINK") == "a");
  CHECK(headers.find_all("Link") == std::vector<std::string>{"a", "b"});
  headers.set("lInK", "c");
  CHECK(headers.find_all("Link") == std::vector<std::string>{"c"});
  headers.remove("LINK");
  CHECK(headers.find("Link") == std::nullopt);
}

TEST_CASE("a header that would be two is refused") {
  Headers headers;
  CHECK_THROWS_AS(
      headers.set("X", GENERATE(values<std::string>({"a\r\nAuthorization: b", "a\nb", "a\rb", {"a\0b", 3}}))), Error);
  CHECK_THROWS_AS(headers.add(GENERATE("X:", "X\r\nY", "", "X Y"), "a"), Error);
  CHECK_THROWS_AS((Headers{{"X", "a\nb"}}), Error);
  CHECK(headers.size() == 0);
}
