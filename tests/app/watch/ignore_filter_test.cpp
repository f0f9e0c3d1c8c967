#include "ignore_filter.hpp"
#include "support/catch.hpp"

using lapstrake::app::IgnoreFilter;
using lapstrake::app::may_match;

namespace {
struct Row {
  std::vector<std::string> patterns;
  std::string path;
  bool unwanted;
};
}  // namespace

TEST_CASE("what surely stays out need not be watched") {
  const Row row = GENERATE(values<Row>({
      {{"node_modules"}, "node_modules", true},
      {{"node_modules/"}, "node_modules", true},
      {{"/node_modules"}, "node_modules", true},
      {{"node_modules"}, "sub/node_modules", false},
      {{"**/node_modules"}, "node_modules", true},
      {{"**/node_modules"}, "a/b/node_modules", true},
      {{"**/*.map"}, "js/app.js.map", true},
      {{"*.map"}, "js/app.js.map", false},
      {{"tmp/**"}, "tmp", false},  // the folder itself is wanted
      {{"tmp/**"}, "tmp/a", true},
      {{"a/**/z"}, "a/z", true},
      {{"a/**/z"}, "a/b/c/z", true},
      {{}, "a", false},
      // What takes more to understand leaves nothing out.
      {{"tmp", "!tmp/keep"}, "tmp", false},
      {{"[t]mp"}, "tmp", false},
      {{"tm\\p"}, "tmp", false},
      {{"../tmp"}, "tmp", false},
  }));
  INFO(row.path << (row.patterns.empty() ? "" : " by " + row.patterns.front()));
  CHECK(IgnoreFilter(row.patterns).matches(row.path) == row.unwanted);
}

TEST_CASE("a glob chooses the folders that it may reach") {
  CHECK(may_match({"*.d"}, "conf.d"));
  CHECK(may_match({"*.d"}, "conf.d/all/that/is/in/it"));
  CHECK_FALSE(may_match({"*.d"}, "node_modules"));
  CHECK(may_match({"a*", "b"}, "a1"));
  CHECK_FALSE(may_match({"a*", "b"}, "a1/c"));
  CHECK(may_match({"**", "z"}, "any/thing"));
  CHECK(may_match({"?"}, "\xc3\xa4"));
  CHECK(may_match({}, "any/thing"));
}
