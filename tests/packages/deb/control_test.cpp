#include <lapstrake/packages/deb/control.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::deb;

TEST_CASE("a paragraph has fields, whose names are compared without case") {
  const auto stanza =
      single_stanza("Package: nginx\nVersion:1.22\nDescription: web\n .\n  more\n# a comment\nEmpty:\n", "x");
  CHECK(stanza.value("package") == "nginx");
  CHECK(stanza.value("VERSION") == "1.22");
  CHECK(stanza.value("Description") == "web\n .\n  more");
  CHECK(stanza.find("Empty") == "");
  CHECK(!stanza.find("Nothing"));
  CHECK(stanza.fields().size() == 4);
}

TEST_CASE("blank lines separate paragraphs") {
  std::vector<std::string> names;
  for_each_stanza("\n\nA: 1\r\nB: 2\r\n\r\n \t\nA: 3", "x",
                  [&](const Stanza& stanza) { names.emplace_back(stanza.value("A")); });
  CHECK(names == std::vector<std::string>{"1", "3"});
}

TEST_CASE("text that is no control data is refused with its line") {
  const auto reason = [](std::string_view text) {
    const auto error = failure_of([&] { single_stanza(text, "`Packages`"); });
    CHECK(error.kind() == ErrorKind::integrity);
    return error.summary();
  };
  CHECK(reason("A: 1\nnonsense\n") == "`Packages`, line 2, has no field name: `nonsense`");
  CHECK(reason(" B\n") == "`Packages`, line 1, continues a field, but no field precedes it");
  CHECK(reason("A: 1\na: 2\n") == "`Packages`, line 2, repeats the field `a`");
  CHECK(reason(std::string_view("A: \0", 4)) == "`Packages` contains a NUL byte");
  CHECK(reason("") == "`Packages` is empty");
  CHECK(reason("A: 1\n\nB: 2\n") == "`Packages` has several paragraphs instead of one");
}

TEST_CASE("values are split into lines and words") {
  CHECK(lines_of("\n a b \n\n c") == std::vector<std::string_view>{"a b", "c"});
  CHECK(words_of(" a\tb\n c ") == std::vector<std::string_view>{"a", "b", "c"});
}
