#include <lapstrake/base/unified_diff.hpp>

#include <lapstrake/base/text.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

namespace {
std::string numbered(int from, int to) {
  std::string out;
  for (int i = from; i <= to; ++i) out += cat(i, "\n");
  return out;
}
std::string hunks(std::string_view before, std::string_view after) {
  const auto all = unified_diff(before, after, "a", "b");
  return all.empty() ? all : all.substr(std::string("--- a\n+++ b\n").size());
}
}  // namespace

// Expectations as GNU diff -u prints them.
TEST_CASE("hunks are as `diff -u` shows them") {
  struct Row {
    std::string before, after, hunks;
  };
  const auto row = GENERATE(Row{"", "", ""}, Row{"1\n", "1\n", ""}, Row{"", "1\n", "@@ -0,0 +1 @@\n+1\n"},
                            Row{"1\n", "", "@@ -1 +0,0 @@\n-1\n"}, Row{"1\n", "2\n", "@@ -1 +1 @@\n-1\n+2\n"},
                            Row{"1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n6\n", "@@ -3,3 +3,4 @@\n 3\n 4\n 5\n+6\n"},
                            Row{"1\n2\n3\n4\n5\n", "2\n3\n4\n5\n", "@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n"},
                            Row{"a\nb\nc\n", "c\nb\na\n", "@@ -1,3 +1,3 @@\n-a\n-b\n c\n+b\n+a\n"});
  CHECK(hunks(row.before, row.after) == row.hunks);
}

TEST_CASE("changes that are at most six lines apart share a hunk") {
  const auto far = hunks("a\n" + numbered(1, 7) + "b\n", "A\n" + numbered(1, 7) + "B\n");
  const auto close = hunks("a\n" + numbered(1, 6) + "b\n", "A\n" + numbered(1, 6) + "B\n");
  CHECK(far == "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
  CHECK(close == "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
}

TEST_CASE("texts too long to compare line by line are still told apart") {
  const auto out = hunks("x\n" + numbered(1, 5000), "x\n" + numbered(5001, 10000));
  CHECK_THAT(out, Contains("@@ -1,5001 +1,5001 @@\n x\n-1\n"));
}
