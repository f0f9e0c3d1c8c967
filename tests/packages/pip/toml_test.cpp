#include "toml.hpp"

#include <support/catch.hpp>

#include "lock_sample.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

std::string toml_refusal(const std::string& text) {
  return printed_error([&] { parse_toml(text, "uv.lock"); });
}

}  // namespace

TEST_CASE("a TOML document gives its values by key") {
  const std::string file = "x.lock";
  const auto value =
      parse_toml("a = 'text'\n[[list]]\nsize = 3\non = true\nnames = ['x', 'y']\nwhen = 2026-01-01\n", file);
  const TomlTable document(value, file);
  CHECK(document.required_text("a") == "text");
  CHECK(document.text("missing").empty());
  const auto tables = document.tables("list");
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].size("size") == 3);
  CHECK(tables[0].flag("on"));
  CHECK(tables[0].texts("names") == std::vector<std::string>{"x", "y"});
  CHECK(tables[0].line() == 2);
  CHECK(tables[0].keys() == std::vector<std::string>{"names", "on", "size", "when"});
}

TEST_CASE("an error in TOML names file, line and column") {
  CHECK_THAT(toml_refusal("a = 1\nb = = 2\n"), Contains("uv.lock:2:5: the file is not valid TOML"));
  CHECK_THAT(toml_refusal("a = \"\xff\"\n"), Contains("the file is not valid TOML"));
  const std::string file = "uv.lock";
  const auto value = parse_toml("a = 1\nb = [1]\nc = -1", file);
  const TomlTable document(value, file);
  CHECK_THAT(printed_error([&] { document.text("a"); }),
             Contains("uv.lock:1:5: `a` must be a string, but is an integer"));
  CHECK_THAT(printed_error([&] { document.texts("b"); }), Contains("`b` must be a string"));
  CHECK_THAT(printed_error([&] { document.size("c"); }), Contains("`c` is negative"));
  CHECK_THAT(printed_error([&] { document.required_text("d"); }), Contains("the key `d` is missing"));
}

TEST_CASE("TOML may not nest without a limit") {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  CHECK_THAT(toml_refusal("a = " + repeated("[", 100'000)),
             Contains("uv.lock:1:37: the value is nested deeper than 32"));
  CHECK_THAT(toml_refusal(repeated("a.", 100'000) + "a = 1"), Contains("nested deeper"));
  CHECK_THAT(toml_refusal("[" + repeated("'a' . ", 100'000) + "a]"), Contains("nested deeper"));
  CHECK_THAT(toml_refusal("a = " + repeated("{a=", 40)), Contains("nested deeper"));
  // Dots and brackets in strings and comments do not count, and each key counts alone.
  CHECK(toml_refusal("a = '" + repeated("[.", 100) + "'").empty());
  CHECK(toml_refusal("a = '''\n" + repeated("'[.", 100) + "'''").empty());
  CHECK(toml_refusal("a = \"" + repeated("\\\"[.", 100) + "\"").empty());
  CHECK(toml_refusal("# " + repeated("[.", 100)).empty());
  CHECK(toml_refusal("a = [" + repeated("1.5, ", 100) + "]").empty());
}

TEST_CASE("a lock file has a limit on its size") {
  CHECK_THAT(toml_refusal(std::string(17u << 20, ' ')), Contains("the file is larger than 16.0 MiB"));
}
