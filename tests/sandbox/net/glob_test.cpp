#include <lapstrake/sandbox/net/glob.hpp>

#include "support/catch.hpp"

using namespace lapstrake::sandbox;

TEST_CASE("globs") {
  CHECK(matches("a*b*c", "a-b-b-c"));
  CHECK(matches("*", ""));
  CHECK(matches("ab", "ab"));
  CHECK_FALSE(matches("a*b", "abc"));
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(matches(std::string(30, '*') + "b", std::string(5000, 'a')));
}
