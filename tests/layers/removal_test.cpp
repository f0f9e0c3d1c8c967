// `remove:` with globs.
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

using Strings = std::vector<std::string>;

struct RemovalImage {
  TempDir dir;
  BaseFiles below;
  std::vector<std::string> notes{};

  RemovalImage() {
    below.add_layer({folder("conf.d"), file("conf.d/a.conf"), file("conf.d/b.conf"), file("conf.d/b.txt"),
                     folder("conf.d/sub"), file("conf.d/sub/c.conf"), file("conf.d-old"), folder("usr"),
                     folder("usr/doc"), file("usr/doc/x.gz"), folder("usr/doc/deep"), file("usr/doc/deep/y.gz"),
                     file("usr/doc/deep/z"), link(Kind::symlink, "etc", "conf.d"), file("odd[name]")});
  }
  std::vector<Entry> assemble(const oci::LayerRecipe& recipe) {
    const AccountTable accounts({}, below);
    return layers::assemble(
        recipe, below, accounts,
        {.root = dir.path(), .scratch = dir.path(), .stop = {}, .notify = [&](const std::string& text) {
           notes.push_back(text);
         }});
  }
  Strings paths(const oci::LayerRecipe& recipe) {
    Strings out;
    for (const auto& entry : assemble(recipe)) out.push_back(entry.path);
    return out;
  }
};

oci::LayerRecipe removing(std::vector<std::string> paths) {
  oci::LayerRecipe out;
  for (auto& path : paths) out.removals.push_back({.path = std::move(path), .where = {"lapstrake.yaml", 5, 9}});
  return out;
}

oci::LayerRecipe with_file(oci::LayerRecipe recipe, std::string path) {
  recipe.files.push_back({.path = std::move(path), .text = "new", .owner = {}, .xattrs = {}, .where = {}});
  return recipe;
}

}  // namespace

TEST_CASE("a glob removes what it matches, and says so") {
  RemovalImage image;
  const auto [pattern, paths] = GENERATE(table<std::string, Strings>({
      {"/conf.d/*.conf", {"conf.d/.wh.a.conf", "conf.d/.wh.b.conf"}},
      {"/conf.d/**/*.conf", {"conf.d/.wh.a.conf", "conf.d/.wh.b.conf", "conf.d/sub/.wh.c.conf"}},
      {"/etc/[ab].conf", {"conf.d/.wh.a.conf", "conf.d/.wh.b.conf"}},
      {"/conf*", {".wh.conf.d", ".wh.conf.d-old"}},
      {"/usr/*/deep", {"usr/doc/.wh.deep"}},
      {"/e*/a.conf", {}},
      {R"(/odd\[name\])", {".wh.odd[name]"}},
  }));
  INFO(pattern);
  if (paths.empty()) {
    const auto error = failure_of([&, glob = pattern] { image.paths(removing({glob})); });
    CHECK(error.kind() == ErrorKind::input);
    CHECK(error.summary() == cat("nothing in the layers below matches `", pattern, "`"));
    return;
  }
  CHECK(image.paths(removing({pattern})) == paths);
  CHECK(image.notes.size() == (pattern.find('\\') == std::string::npos ? 1 : 0));
}

TEST_CASE("the note of a glob counts paths and names some") {
  RemovalImage image;
  image.paths(removing({"/conf.d/*"}));
  CHECK(image.notes == Strings{"`remove: /conf.d/*` removed 4 paths: `/conf.d/a.conf`, `/conf.d/b.conf`, "
                               "`/conf.d/b.txt`, `/conf.d/sub`"});
}

TEST_CASE("all that is in a folder is removed by one opaque whiteout, whatever it is") {
  const auto pattern = GENERATE("/conf.d/*", "/conf.d/**", "/etc/*");
  RemovalImage image;
  const auto entries = image.assemble(removing({pattern, "/conf.d/a.conf", "/conf.d/sub/*"}));
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].path == "conf.d/.wh..wh..opq");
  image.below.add_layer(entries);
  CHECK(image.below.find("conf.d") != nullptr);
  CHECK(image.below.names_in("conf.d").empty());
  CHECK(image.below.find("conf.d-old") != nullptr);
}

TEST_CASE("a layer may write into a folder that it empties") {
  RemovalImage image;
  CHECK(image.paths(with_file(removing({"/conf.d/*"}), "/conf.d/a.conf")) ==
        Strings{"conf.d/.wh..wh..opq", "conf.d/a.conf"});
  CHECK(image.paths(with_file(removing({"/conf.d/*"}), "/conf.d/sub")) == Strings{"conf.d/.wh..wh..opq", "conf.d/sub"});
  // The folder of the base is gone, and is written again.
  const auto entries = image.assemble(with_file(removing({"/conf.d/*"}), "/conf.d/sub/new"));
  REQUIRE(entries.size() == 3);
  CHECK(entries[1].path == "conf.d/sub");
  image.below.add_layer(entries);
  CHECK(image.below.names_in("conf.d/sub") == Strings{"new"});
}

TEST_CASE("a file may replace what a glob matches") {
  RemovalImage image;
  CHECK(image.paths(with_file(removing({"/conf.d/*.conf"}), "/conf.d/a.conf")) ==
        Strings{"conf.d/.wh.b.conf", "conf.d/a.conf"});
}

TEST_CASE("all files of an image cannot be removed, nor those of a missing folder") {
  RemovalImage image;
  CHECK(failure_of([&] { image.paths(removing({"/*"})); }).help() == "use `base: scratch`");
  const auto error = failure_of([&] { image.paths(removing({"/usr/docs/*"})); });
  CHECK(error.summary() == "`/usr/docs` does not exist in the layers below");
  CHECK(error.help() == "did you mean `/usr/doc`?");
}
