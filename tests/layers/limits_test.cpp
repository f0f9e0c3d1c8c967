// Small hostile layers and archives: each ends at a limit (base/limits.hpp), whose name the error tells.
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/base_files.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

// Packed, since packed bytes pay for names.
void lay(BaseFiles& base, const std::vector<Entry>& entries) {
  const auto layer = layer_of(entries, {.compression = {oci::Codec::gzip, {}}});
  base.add_layer(source_of(layer.bytes), "a layer");
}

std::string refusal(const std::vector<Entry>& entries) {
  try {
    BaseFiles base;
    lay(base, entries);
    return "no failure";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    return report(error);
  }
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("the names of a base have one budget, whatever makes them long (S16)", "[one thread]") {
  std::vector<Entry> entries;
  SECTION("long names") {
    const auto deep = repeated(std::string(200, 'x') + "/", 19);
    for (int i = 0; i < 12'000; ++i) entries.push_back(file(cat(deep, i)));
  }
  SECTION("long targets of links") {
    const std::string target(4000, 't');
    for (int i = 0; i < 12'000; ++i) entries.push_back(link(Kind::symlink, cat("l", i), target));
  }
  SECTION("hard links to a link with a long target") {
    entries.push_back(link(Kind::symlink, "l", std::string(4000, 't')));
    for (int i = 0; i < 12'000; ++i) entries.push_back(link(Kind::hardlink, cat("h", i), "l"));
  }
  SECTION("folders that are made on the way") {
    for (int i = 0; i < 12; ++i) entries.push_back(file(cat(i, "/", repeated("d/", 1'900), "f")));
  }
  SECTION("names that are taken away again") {
    const auto deep = repeated(std::string(200, 'x') + "/", 19);
    for (int i = 0; i < 2'000; ++i) {
      entries.push_back(folder("a"));
      entries.push_back(file(cat("a/", deep, "f")));
      entries.push_back(link(Kind::symlink, "a", "b"));
    }
  }
  CHECK_THAT(refusal(entries), Contains("all names, link targets and texts need more than 40."));
}

TEST_CASE("the budget is one for all layers of a base", "[one thread]") {
  std::vector<Entry> entries;
  for (int i = 0; i < 4'000; ++i) entries.push_back(link(Kind::symlink, cat("l", i), std::string(4000, 't')));
  BaseFiles base;
  CHECK_NOTHROW(lay(base, entries));
  CHECK_NOTHROW(lay(base, entries));
  CHECK_THROWS_WITH(lay(base, entries), Contains("exceeds a limit"));
}

TEST_CASE("bytes that a layer does have pay for its names", "[one thread]") {
  std::vector<Entry> entries;
  for (int i = 0; i < 12'000; ++i) entries.push_back(link(Kind::symlink, cat("l", i), std::string(4000, 't')));
  const auto layer = layer_of(entries, {.compression = {oci::Codec::none, {}}});
  BaseFiles base;
  CHECK_NOTHROW(base.add_layer(source_of(layer.bytes), "a layer"));
}

TEST_CASE("links that are long to follow have a budget of steps", "[one thread]") {
  std::vector<Entry> entries{link(Kind::symlink, "a", repeated("d/", 2'000)),
                             link(Kind::symlink, "b", repeated("e/", 2'000))};
  for (int i = 0; i < 200; ++i) entries.push_back(file(cat(i % 2 == 0 ? "a/" : "b/", "f", i)));
  CHECK_THAT(refusal(entries), Contains("steps to follow"));
}

// Each replaced file may change where etc/passwd and etc/group lead to.
TEST_CASE("links on the way to the account files have a budget of steps", "[one thread]") {
  std::vector<Entry> entries{link(Kind::symlink, "etc", repeated("d/", 2'000))};
  for (int i = 0; i < 4'000; ++i) {
    Entry one = file("x");
    one.size = 1;
    one.content = std::string("x");
    entries.push_back(one);
  }
  CHECK_THAT(refusal(entries), Contains("steps to follow"));
}

TEST_CASE("a link to a path that no system follows is refused") {
  CHECK_THAT(refusal({link(Kind::symlink, "a", repeated("d/", 250'000)), file("a/f")}),
             Contains("is a link to a path longer than 4096 bytes"));
}

// Each of them walked over all that the layer itself had brought: 1,600,000,000 steps here.
TEST_CASE("many whiteouts of one folder cost as much as one", "[one thread]") {
  const std::string mark = GENERATE("d/.wh..wh..opq", ".wh.d");
  std::vector<Entry> entries{folder("d")};
  for (int i = 0; i < 40'000; ++i) entries.push_back(file(cat("d/", i)));
  for (int i = 0; i < 40'000; ++i) entries.push_back(file(mark));
  BaseFiles base;
  lay(base, {folder("d"), file("d/old")});
  lay(base, entries);
  CHECK(base.find("d/old") == nullptr);
  CHECK(base.names_in("d", 50'000).size() == 40'000);
  lay(base, {file(mark)});
  CHECK(base.names_in("d").empty());
}

TEST_CASE("an opaque folder in an opaque folder, and the next layer's own") {
  BaseFiles base;
  lay(base, {folder("a"), folder("a/b"), file("a/x"), file("a/b/y")});
  lay(base, {file("a/b/.wh..wh..opq"), file("a/b/new"), file("a/.wh..wh..opq")});
  CHECK(base.names_in("a") == std::vector<std::string>{"b"});
  CHECK(base.names_in("a/b") == std::vector<std::string>{"new"});
  lay(base, {file("a/b/.wh..wh..opq")});
  CHECK(base.names_in("a/b").empty());
}

TEST_CASE("of files called passwd and group the image's own are kept, and a few that may become it", "[one thread]") {
  const std::string text(512 << 10, 'p');
  std::vector<Entry> entries;
  for (int i = 0; i < 100; ++i) entries.push_back(file(cat("d", i, "/passwd"), text));
  entries.push_back(file("etc/passwd", "root:x:0:0::/:\n"));
  BaseFiles base;
  lay(base, entries);
  CHECK(base.text_of("etc/passwd") == "root:x:0:0::/:\n");
  CHECK(base.to_bytes().size() < limits::account_candidate_bytes + limits::MiB);

  lay(base, {link(Kind::symlink, "etc/passwd", "/d1/passwd")});
  CHECK(base.text_of("etc/passwd") == text);
  lay(base, {link(Kind::symlink, "etc/passwd", "/d99/passwd")});
  auto remembered = BaseFiles::from_bytes(base.to_bytes());
  REQUIRE(remembered);
  for (const auto* files : {&base, &*remembered})
    CHECK_THROWS_WITH(files->text_of("etc/passwd"), Contains("of the base image"));
}

TEST_CASE("an account file is found where links lead, whatever it is called there") {
  BaseFiles base;
  lay(base, {link(Kind::symlink, "etc", "usr/etc"), link(Kind::symlink, "usr/etc/passwd", "../share/accounts"),
             file("usr/share/accounts", "root:x:0:0::/:\n"), file("etc/group", "g\n")});
  CHECK(base.text_of("etc/passwd") == "root:x:0:0::/:\n");
  CHECK(base.text_of("etc/group") == "g\n");
}
