#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("JSON with two readings is refused") {
  CHECK_THROWS_WITH(parse_json(R"({"a":1,"a":2})", "it"), Contains("the member `a` twice"));
  CHECK_THROWS_WITH(parse_json("{} x", "it"), Contains("not valid JSON (line 1, column"));
  CHECK_THROWS_WITH(parse_json(std::string(100, '['), "it"), Contains("nested deeper than 64"));
  CHECK_THROWS_AS(parse_json("\"\xff\"", "it"), Error);
  CHECK_THROWS_AS(parse_json("", "it"), Error);
  CHECK_THROWS_AS(parse_json("[1e400]", "it"), Error);
  CHECK_THROWS_WITH(parse_json("[1,2]", "it", {.most_bytes = 3}), Contains("longer than 3 B"));
}

TEST_CASE("comments are read only where they are asked for") {
  const char* text = "{ \"a\": 1 // one\n}";
  CHECK(parse_json(text, "it", {.comments = true})["a"] == 1);
  CHECK_THROWS_AS(parse_json(text, "it"), Error);
}
