#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("JSON with two readings is refused") {
  CHECK_THROWS_WITH(parse_json(R"({"a":1,"a":2})", "it"), Contains("a duplicate member `a`"));
  CHECK_THROWS_WITH(parse_json("{} x", "it"), Contains("not valid JSON (line 1, column"));
  CHECK_THROWS_WITH(parse_json(std::string(100, '['), "it"), Contains("nested deeper than 64"));
  CHECK_THROWS_AS(parse_json("\"\xff\"", "it"), Error);
  CHECK_THROWS_AS(parse_json("", "it"), Error);
  CHECK_THROWS_AS(parse_json("[1e400]", "it"), Error);
  CHECK_THROWS_WITH(parse_json("[1,2]", "it", {.most_bytes = 3}), Contains("longer than 3 B"));
}

TEST_CASE("of duplicate members the last one counts where they are allowed") {
  CHECK(parse_json(R"({"a":1,"b":2,"a":3})", "it", {.duplicates = true}) == nlohmann::json({{"a", 3}, {"b", 2}}));
}

TEST_CASE("hostile JSON is refused at once, whatever its size (S14)") {
  const auto many = [](const std::string& part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  const std::string text = GENERATE_REF(
      // two readings
      std::string(R"({"a":{"b":1,"b":1}})"), std::string(R"([{"a":1},{"a":1,"\u0061":2}])"), std::string("{}{}"),
      std::string("[] ]"), std::string("{},"), std::string("{}\0{", 4), std::string("\xEF\xBB\xBF {} {}"),
      // depth
      many("[", 100'000), many(R"({"a":)", 100'000), many("[", 65) + many("]", 65), many("[{\"a\":", 50'000),
      // text
      std::string(R"("\ud800")"), std::string(R"("\udc00\ud800")"), std::string(R"(["\ud83d "])"),
      std::string("\"\xC0\x80\""), std::string("\"\xED\xA0\x80\""), std::string("\"\xF4\x90\x80\x80\""),
      std::string("\"a\nb\""), std::string("\"\\x41\""), std::string("'a'"),
      // numbers
      std::string("1e400"), std::string("-1e400"), std::string("01"), std::string("+1"), std::string(".5"),
      std::string("0x10"), std::string("NaN"), std::string("Infinity"), std::string("1."),
      // shapes
      std::string("[1,]"), std::string("{\"a\":1,}"), std::string("{a:1}"), std::string("{\"a\" 1}"),
      std::string("tru"), std::string("\"abc"), std::string("[1 2]"));
  CAPTURE(text.substr(0, 40));
  CHECK_THROWS_AS(parse_json(text, "it"), Error);
}

TEST_CASE("comments are read only where they are asked for") {
  const char* text = "{ \"a\": 1 // one\n}";
  CHECK(parse_json(text, "it", {.comments = true})["a"] == 1);
  CHECK_THROWS_AS(parse_json(text, "it"), Error);
}

TEST_CASE("a byte order mark is no JSON, but in what people write") {
  CHECK_THROWS_AS(parse_json("\xef\xbb\xbf{}", "the manifest"), Error);
  CHECK(parse_json("\xef\xbb\xbf{}", "the file", {.comments = true}).is_object());
}

TEST_CASE("JSON has a limit on its values, whatever kinds they are (S14)") {
  const std::string value = GENERATE("{}", "[]", "0", "\"\"", "null", "{\"a\":0}", "[[]]");
  std::string text = "[" + value;
  for (int i = 1; i < 100'000; ++i) text += "," + value;
  CHECK_THROWS_WITH(parse_json(text + "]", "it"), Contains("it has more than 100000 values"));
  CHECK(parse_json("[1,2]", "it", {.most_values = 3}).size() == 2);
  CHECK_THROWS_AS(parse_json("[1,2,3]", "it", {.most_values = 3}), Error);
}
