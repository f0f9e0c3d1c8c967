#include "../../registry/challenge.hpp"

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

TEST_CASE("a challenge is taken apart") {
  const auto challenges = parse_challenges(
      R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:web:pull,push")");
  REQUIRE(challenges.size() == 1);
  CHECK(challenges[0].scheme == "bearer");
  CHECK(challenges[0].parameter("realm") == "https://auth.docker.io/token");
  CHECK(challenges[0].parameter("scope") == "repository:web:pull,push");
  CHECK(challenges[0].parameter("error").empty());
}

TEST_CASE("several challenges in one field, and several fields, are all seen") {
  const auto challenges = challenges_of(
      {{"WWW-Authenticate", R"(Negotiate, BASIC Realm = "a, b" , charset="UTF-8", Bearer realm=x;y,service="s\"q\\")"},
       {"www-authenticate", "Digest qop=auth"}});
  REQUIRE(challenges.size() == 4);
  CHECK(challenges[0].scheme == "negotiate");
  CHECK(challenges[1].scheme == "basic");
  CHECK(challenges[1].parameter("realm") == "a, b");
  CHECK(challenges[1].parameter("charset") == "UTF-8");
  CHECK(challenges[2].parameter("realm") == "x;y");
  CHECK(challenges[2].parameter("service") == R"(s"q\)");
  CHECK(challenges[3].parameter("qop") == "auth");
}

TEST_CASE("a field that cannot be read gives what came before it") {
  CHECK(parse_challenges("").empty());
  CHECK(parse_challenges(" , ,").empty());
  CHECK(parse_challenges(R"(Bearer realm="unended)").empty());
  CHECK(parse_challenges(R"(Basic realm="x", Bearer realm="\)").size() == 1);
  CHECK(parse_challenges("=").empty());
  CHECK(parse_challenges("Bearer realm=,service=x").empty());
}

TEST_CASE("the first of a parameter's values counts") {
  CHECK(parse_challenges(R"(Bearer realm="https://good",realm="https://evil")").at(0).parameter("realm") ==
        "https://good");
}
