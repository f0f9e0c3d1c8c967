#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

namespace {
struct Case {
  std::string pattern, path;
  bool matches;
};
}  // namespace

// moby/patternmatcher's own table (TestMatches) and Go's filepath.Match table, as far as they are about `/` and UTF-8.
TEST_CASE("a pattern matches what docker's matches") {
  const auto [pattern, path, matches] = GENERATE(values<Case>({{"**", "file", true},
                                                               {"**", "file/", true},
                                                               {"**/", "file", true},
                                                               {"**", "/", true},
                                                               {"**", "dir/file", true},
                                                               {"**/", "dir/file", true},
                                                               {"**/**", "dir/file", true},
                                                               {"dir/**", "dir/file", true},
                                                               {"dir/**", "dir/dir2/file", true},
                                                               {"**/dir", "dir", true},
                                                               {"**/dir", "dir/file", true},
                                                               {"**/dir2/*", "dir/dir2/file", true},
                                                               {"**/dir2/**", "dir/dir2/dir2/file", true},
                                                               {"**file", "file", true},
                                                               {"**/file", "dir/file", true},
                                                               {"**/file", "dir/dir/file", true},
                                                               {"**/file*", "dir/dir/file.txt", true},
                                                               {"**/file*txt", "dir/dir/file.txt", true},
                                                               {"**/**/*.txt", "dir/dir/file.txt", true},
                                                               {"**/**/*.txt2", "dir/dir/file.txt", false},
                                                               {"**/*.txt", "file.txt", true},
                                                               {"a**/*.txt", "a/file.txt", true},
                                                               {"a**/*.txt", "a/dir/file.txt", true},
                                                               {"a/*.txt", "a/dir/file.txt", false},
                                                               {"a/*.txt", "a/file.txt", true},
                                                               {"a[b-d]e", "ae", false},
                                                               {"a[b-d]e", "ace", true},
                                                               {"a[b-d]e", "aae", false},
                                                               {"a[^b-d]e", "aze", true},
                                                               {".*", ".foo", true},
                                                               {".*", "foo", false},
                                                               {"abc.def", "abcdef", false},
                                                               {"abc.def", "abc.def", true},
                                                               {"abc.def", "abcZdef", false},
                                                               {"abc?def", "abcZdef", true},
                                                               {"abc?def", "abcdef", false},
                                                               {"a\\*b", "a*b", true},
                                                               {"a\\*b", "axb", false},
                                                               {"**/foo/bar", "foo/bar", true},
                                                               {"**/foo/bar", "dir/foo/bar", true},
                                                               {"abc/**", "abc", false},
                                                               {"abc/**", "abc/def", true},
                                                               {"**/.git", ".git", true},
                                                               {"**/.git", "a/.gitx", false},
                                                               {"*", "a/b", true},
                                                               {"?", "\xc3\xa9", true},
                                                               {"[\xc3\xa0-\xc3\xbf]", "\xc3\xa9", true},
                                                               {"??", "\xc3\xa9", false},
                                                               {"\xc3\xa9*", "\xc3\xa9t\xc3\xa9", true},
                                                               {"?", "\xe9", true},
                                                               {"[\\]]", "]", true},
                                                               {"[\\-x]", "-", true},
                                                               {"a/b", "a/b/c", true},
                                                               {"a/b", "a/bc", false},
                                                               {"node_modules", "a/node_modules", false},
                                                               {"./a/", "a", true},
                                                               {"/a", "a", true},
                                                               {"a/../b", "b", true},
                                                               {"a//b", "a/b", true},
                                                               {"*/*", "a", false},
                                                               {"(a|b)", "a", false},
                                                               {"(a|b)", "(a|b)", true},
                                                               {"a$", "a$", true},
                                                               {"a+", "aa", false},
                                                               {"*c", "abc", true},
                                                               {"a*/b", "abc/b", true},
                                                               {"a*b?c*x", "abxbbxdbxebxczzx", true},
                                                               {"a*b?c*x", "abxbbxdbxebxczzy", false}}));
  INFO(pattern << " on " << path);
  CHECK(Patterns({pattern}).matches(path) == matches);
}

TEST_CASE("the last match wins, and `!` takes back what a folder excluded") {
  const Patterns patterns({"*.md", "!README.md", "docs", "!docs/keep", "docs/keep/secret"});
  CHECK(patterns.matches("a.md"));
  CHECK_FALSE(patterns.matches("README.md"));
  CHECK(patterns.matches("docs/x"));
  CHECK_FALSE(patterns.matches("docs/keep"));
  CHECK_FALSE(patterns.matches("docs/keep/y"));
  CHECK(patterns.matches("docs/keep/secret/z"));
  CHECK_FALSE(Patterns({"!a", " "}).matches("a"));
  CHECK(Patterns({"a", "! b", "a"}).matches("a"));
}

TEST_CASE("an ignore file has comments, blank lines, Windows line ends and a mark at its start") {
  CHECK(ignore_lines("\xef\xbb\xbf# all\r\n\n  \n *.log \r\n!keep.log\n #not a comment\n") ==
        std::vector<std::string>{"*.log", "!keep.log", "#not a comment"});
}

TEST_CASE("a pattern that means nothing is an error") {
  const std::string text = GENERATE("[", "[a", "[]a]", "[a-]", "[-a]", "a\\", "!", "[a-b-c]", "[\\");
  CHECK_THROWS_AS(Patterns({text}), Error);
}

TEST_CASE("a pattern that makes others backtrack takes no time") {
  std::string pattern, path(4000, 'a');
  for (int i = 0; i < 40; ++i) pattern += "**/a*";
  CHECK_FALSE(Patterns({pattern + "b"}).matches(path));
}

TEST_CASE("a glob chooses the folders that it may reach") {
  const auto may_match = [](const std::vector<std::string>& parts, std::string_view path) {
    return PathGlob(parts).may_match(path);
  };
  CHECK(may_match({"*.d"}, "conf.d"));
  CHECK(may_match({"*.d"}, "conf.d/all/that/is/in/it"));
  CHECK_FALSE(may_match({"*.d"}, "node_modules"));
  CHECK(may_match({"a*", "b"}, "a1"));
  CHECK_FALSE(may_match({"a*", "b"}, "a1/c"));
  CHECK(may_match({"**", "z"}, "any/thing"));
  CHECK(may_match({"?"}, "\xc3\xa4"));
  CHECK_FALSE(may_match({"[ab]"}, "c"));
  CHECK(may_match({}, "any/thing"));
}
