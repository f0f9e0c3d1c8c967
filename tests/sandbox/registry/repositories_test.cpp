#include <lapstrake/sandbox/registry/repositories.hpp>

#include "support/catch.hpp"

using namespace lapstrake::sandbox;

TEST_CASE("repository names as ECR has them") {
  const std::string good = GENERATE("ab", "a-b", "a--b", "a_b", "a__b", "a.b", "team/web", "0/1");
  CHECK(is_repository_name(good));
  const std::string bad = GENERATE("", "a", "A/b", "a/", "/a", "a//b", "a..b", "a___b", "-ab", "ab-", "a._b", "a b");
  CAPTURE(bad);
  CHECK_FALSE(is_repository_name(bad));
  CHECK_FALSE(is_repository_name(std::string(257, 'a')));
}
