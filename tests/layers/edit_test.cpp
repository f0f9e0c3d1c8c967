// `edit:` of files of the layers below.
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

const Position edit_here{"lapstrake.yaml", 7, 9};

oci::Edit append(std::string path, std::string text) {
  oci::Edit out;
  out.path = std::move(path);
  out.append = std::move(text);
  out.where = edit_here;
  return out;
}
oci::Edit replace(std::string path, std::string text, std::string with, unsigned times = 1) {
  oci::Edit out;
  out.path = std::move(path);
  out.replace = std::move(text);
  out.with = std::move(with);
  out.times = times;
  out.where = edit_here;
  return out;
}

struct EditedImage {
  TempDir dir;
  BaseFiles below;
  std::string text = "one = 1\ntwo = 2\none = 1\n";

  EditedImage() {
    auto ini = file("etc/php.ini", text);
    ini.mode = 0640;
    ini.uid = 5;
    ini.gid = 6;
    below.add_layer({folder("etc"), ini, link(Kind::symlink, "php.ini", "etc/php.ini")});
  }
  std::vector<Entry> assemble(oci::LayerRecipe recipe) const {
    const AccountTable accounts({}, below);
    return layers::assemble(
        recipe, below, accounts,
        {.root = dir.path(), .scratch = dir.path(), .stop = {}, .read_below = [&](const std::set<std::string>& paths) {
           CHECK(paths == std::set<std::string>{"etc/php.ini"});
           return std::map<std::string, LowerFile>{{"etc/php.ini", {text, {{"user.a", "b"}}}}};
         }});
  }
  std::vector<Entry> edit(std::vector<oci::Edit> edits) const {
    oci::LayerRecipe recipe;
    recipe.edits = std::move(edits);
    return assemble(std::move(recipe));
  }
  std::string edited(std::vector<oci::Edit> edits) const {
    return std::get<std::string>(edit(std::move(edits)).at(0).content);
  }
};

}  // namespace

TEST_CASE("an edited file keeps its owner, mode and extended attributes") {
  const EditedImage image;
  const auto path = GENERATE("/etc/php.ini", "/php.ini");
  const auto entries = image.edit({append(path, "three = 3\n")});
  REQUIRE(entries.size() == 1);
  const auto& entry = entries[0];
  CHECK(entry.path == "etc/php.ini");
  CHECK(entry.mode == 0640);
  CHECK(entry.uid == 5);
  CHECK(entry.gid == 6);
  CHECK(entry.xattrs->at("user.a") == "b");
  CHECK(std::get<std::string>(entry.content) == image.text + "three = 3\n");
  CHECK(entry.size == image.text.size() + 10);
}

TEST_CASE("several edits of one file are made in their order") {
  const EditedImage image;
  CHECK(image.edited({replace("/etc/php.ini", "two", "zwei"), append("/php.ini", "zwei\n"),
                      replace("/etc/php.ini", "zwei", "2", 2)}) == "one = 1\n2 = 2\none = 1\n2\n");
}

TEST_CASE("text is replaced byte by byte, and only as often as the spec says") {
  EditedImage image;
  CHECK(image.edited({replace("/etc/php.ini", "one = 1\n", "", 2)}) == "two = 2\n");
  image.text = std::string("a\0b\xff\0c", 6);
  CHECK(image.edited({replace("/etc/php.ini", std::string("\0", 1), "::", 2)}) == "a::b\xff::c");
  image.text = "aaaa";
  CHECK(image.edited({replace("/etc/php.ini", "aa", "a", 2)}) == "aa");
}

TEST_CASE("another number of occurrences is an error that names the lines") {
  const EditedImage image;
  const auto many = failure_of([&] { image.edit({replace("/etc/php.ini", "one = 1", "x")}); });
  CHECK(many.kind() == ErrorKind::usage);
  CHECK(many.summary() == "`one = 1` occurs 2 times in `/etc/php.ini`, but the edit expects it once");
  CHECK(many.reason() == "it is in lines 1, 3");
  CHECK(many.help() == "write `times: 2` to replace all of them, or more of the text around the one to replace");
  CHECK(many.steps() == std::vector<std::string>{"edit `/etc/php.ini` (lapstrake.yaml:7:9)"});
  const auto none = failure_of([&] { image.edit({replace("/etc/php.ini", "three", "x", 3)}); });
  CHECK(none.summary() == "`three` occurs nowhere in `/etc/php.ini`, but the edit expects it 3 times");
}

TEST_CASE("what is missing or is not a file cannot be edited") {
  const EditedImage image;
  const auto missing = failure_of([&] { image.edit({append("/etc/php.in", "x")}); });
  CHECK(missing.kind() == ErrorKind::input);
  CHECK(missing.help() == "did you mean `/etc/php.ini`?");
  CHECK(failure_of([&] { image.edit({append("/etc", "x")}); }).summary() == "`/etc` is not a file");
}

TEST_CASE("an edit and another step cannot write one file") {
  const EditedImage image;
  oci::LayerRecipe recipe;
  recipe.edits = {append("/etc/php.ini", "x")};
  recipe.files = {{.path = "/etc/php.ini", .text = "", .owner = {}, .xattrs = {}, .where = edit_here}};
  CHECK(failure_of([&] { image.assemble(recipe); }).summary() == "two steps of one layer write `/etc/php.ini`");
}

TEST_CASE("an edit cannot make a file larger than the limit") {
  EditedImage image;
  image.text = std::string(limits::edited_bytes, 'x');
  CHECK(failure_of([&] { image.edit({append("/etc/php.ini", "x")}); }).kind() == ErrorKind::usage);
  image.text.pop_back();
  CHECK(image.edited({append("/etc/php.ini", "x")}).size() == limits::edited_bytes);
}
