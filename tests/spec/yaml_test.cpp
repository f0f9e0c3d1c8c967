// What YAML itself may not do. Single mistakes have their goldens; here are the limits.
#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake::spec;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string with_labels(const std::string& labels) {
  return "images: { web: { base: 'oci:a', labels: " + labels + " } }";
}

}  // namespace

TEST_CASE("a document of 64 levels is read, one of 65 is not") {
  // Around the tasks' document stand the root, `tasks` and the task.
  const auto nested = [](std::size_t levels) {
    return "tasks: { a: { x: " + repeated("[", levels) + repeated("]", levels) + " } }";
  };
  CHECK(read_text(nested(61)).project);
  CHECK_THAT(only(read_text(nested(62))), Contains("1:79 the document is nested deeper than 64 levels"));
  CHECK_THAT(only(read_text(nested(5000))), Contains("deeper than 64"));
  CHECK_THAT(only(read_text(repeated("- ", 5000))), Contains("deeper than 64"));
}

TEST_CASE("a file of 1 MiB is read, a longer one is not") {
  const std::string head = with_labels("{}") + "\n#";
  CHECK(read_text(head + std::string((1u << 20) - head.size(), 'x')).project);
  const auto result = read_text(head + std::string((1u << 20) - head.size() + 1, 'x'));
  CHECK(only(result) == "0:0 the file is larger than 1.0 MiB");
}

TEST_CASE("more than 100000 values are refused, whether written or aliased") {
  std::string many = "[";
  for (int i = 0; i < 100'001; ++i) many += "a,";
  CHECK_THAT(only(read_text(with_labels(many + "]"))), Contains("more than 100000 values"));
  CHECK_THAT(
      only(read_text("tasks: { a: { x: &a [" + repeated("b,", 1000) + "], y: [" + repeated("*a,", 1000) + "] } }")),
      Contains("more than 100000 values"));
  CHECK_THAT(only(read_text("tasks: { a: " + repeated("&a [", 1) + "x ] }")), Contains("must be a mapping"));
}

TEST_CASE("an alias of a long text is not repeated without end") {
  const auto text = "tasks: { a: { x: &a " + std::string(500'000, 'b') + ", y: [" + repeated("*a,", 100) + "] } }";
  CHECK_THAT(only(read_text(text)), Contains("exceeds 8.0 MiB"));
}

TEST_CASE("nested anchors of one text cost no more than they may") {
  std::string text = "tasks: { a: { x: ";
  for (int i = 0; i < 55; ++i) text += "&a" + std::to_string(i) + " [";
  text += repeated("b,", 20'000) + repeated("]", 55) + " } }";
  CHECK_THAT(only(read_text(text)), Contains("more than 100000 values"));
}

TEST_CASE("an alias stands for what its anchor holds") {
  const auto project =
      read_text("images:\n  a: { base: 'oci:a', env: &env { TZ: UTC } }\n  b: { base: 'oci:a', env: *env }\n").project;
  REQUIRE(project);
  CHECK(project->images.at(1).env.at("TZ") == "UTC");
}

TEST_CASE("a byte order mark does not move columns") {
  CHECK(only(read_text("\xef\xbb\xbfimage: {}")) == "1:1 unknown key `image`");
  CHECK(only(read_text(std::string("\xff\xfei\0m\0", 6))) == "0:0 the file is UTF-16");
}

TEST_CASE("bytes that are no UTF-8 are found wherever they stand") {
  const std::string bytes =
      GENERATE("\xa1", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff");
  CHECK(only(read_text("images: {}\nta" + bytes + "sks: {}")) == "2:3 invalid UTF-8");
  CHECK(only(read_text("images: {} # " + bytes)).ends_with("invalid UTF-8"));
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(only(read_text("images: { web: { base: 'oci:a', author: Zoë, labls: {} } }")) == "1:46 unknown key `labls`");
}

TEST_CASE("a report says what, where, and how to mend it") {
  const TempDir folder;
  CHECK(reports(read_in(folder, "images:\n  web:\n    layrs: []\n"), folder.path()) ==
        "error: unknown key `layrs`\n"
        " --> lapstrake.yaml:3:5\n"
        "  |\n"
        "3 |     layrs: []\n"
        "  |     ^^^^^ did you mean `layers`?\n");
}
