#include <lapstrake/layers/assemble.hpp>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <thread>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

struct Tree {
  TempDir dir;
  oci::Copy copy;

  Tree() { copy.from = "tree/", copy.to = "/srv/"; }
  void write(std::string_view name) const { dir.write(cat("tree/", name), name); }
  std::vector<Entry> listed(unsigned jobs) const {
    oci::LayerRecipe recipe;
    recipe.copies = {copy};
    const BaseFiles below;
    return assemble(recipe, below, AccountTable({}, below),
                    {.root = dir.path(), .allow_outside = false, .scratch = dir.path(), .stop = {}, .jobs = jobs});
  }
  // Each entry with where its bytes are.
  std::vector<std::string> lines(unsigned jobs) const {
    std::vector<std::string> out;
    for (const Entry& entry : listed(jobs)) {
      const auto* file = std::get_if<HostFile>(&entry.content);
      out.push_back(cat(entry.path, " ", static_cast<int>(entry.kind), " ", *entry.target, " ", entry.size, " ",
                        file == nullptr ? "" : file->path()));
    }
    return out;
  }
  std::string failure(unsigned jobs) const {
    try {
      return cat("no failure, but ", listed(jobs).size(), " entries");
    } catch (const Error& error) {
      return report(error);
    }
  }
};

bool in_order(const std::vector<Entry>& entries) {
  return std::adjacent_find(entries.begin(), entries.end(),
                            [](const Entry& a, const Entry& b) { return a.path >= b.path; }) == entries.end();
}

}  // namespace

TEST_CASE("folders come before what is in them, and all in the order of whole paths") {
  Tree tree;
  // `-` and `.` come before `/`, letters behind it.
  for (const char* name : {"a/x", "a-b/x", "a-b-c", "a.txt", "a/-", "a/b/c", "a/b.c", "ab", "a0/z", "\xff/x"})
    tree.write(name);
  std::vector<std::string> paths;
  for (const Entry& entry : tree.listed(2)) paths.push_back(entry.path);
  CHECK(paths == std::vector<std::string>{"srv", "srv/a", "srv/a-b", "srv/a-b-c", "srv/a-b/x", "srv/a.txt", "srv/a/-",
                                          "srv/a/b", "srv/a/b.c", "srv/a/b/c", "srv/a/x", "srv/a0", "srv/a0/z",
                                          "srv/ab", "srv/\xff", "srv/\xff/x"});
}

TEST_CASE("a tree is listed as the same on one thread and on four") {
  const auto [follow, exclude] = GENERATE(
      table<bool, std::string>({{false, ""}, {false, "**/*3"}, {false, "1*"}, {true, ""}, {true, "**/link*"}}));
  Tree tree;
  for (int folder = 0; folder < 40; ++folder)
    for (int file = 0; file < 9; ++file) tree.write(cat(folder % 7, "/", folder, "/in/", file));
  std::filesystem::create_symlink("5/in", tree.dir / "tree/5/link");
  std::filesystem::create_symlink("../1/8/in/3", tree.dir / "tree/2/link-b");
  if (follow) tree.copy.symlinks = oci::Copy::Symlinks::follow;
  if (!exclude.empty()) tree.copy.exclude = {exclude};
  const auto one = tree.lines(1);
  CHECK(one.size() > 40);
  CHECK(tree.lines(4) == one);
  CHECK(in_order(tree.listed(4)));
}

TEST_CASE("the same failure is told on one thread and on four") {
  Tree tree;
  for (int folder = 0; folder < 30; ++folder) {
    tree.write(cat(folder, "/file"));
    std::filesystem::create_symlink("nowhere", tree.dir / cat("tree/", folder, "/link"));
  }
  tree.copy.symlinks = oci::Copy::Symlinks::follow;
  const std::string one = tree.failure(1);
  CHECK_THAT(one, Catch::Matchers::Contains("the symbolic link `tree/0/link` is broken: `nowhere` does not exist"));
  for (int i = 0; i < 5; ++i) CHECK(tree.failure(4) == one);
}

TEST_CASE("a tree that changes while it is listed gives a failure or a list in order") {
  Tree tree;
  for (int i = 0; i < 20; ++i) tree.write(cat(i, "/deep/file"));
  std::jthread changer([&](const std::stop_token& stop) {
    std::error_code ignored;
    for (int i = 0; !stop.stop_requested(); i = (i + 1) % 20) {
      const auto at = tree.dir / cat("tree/", i, "/deep"), other = tree.dir / cat("tree/", i, "/other");
      std::filesystem::rename(at, other, ignored);
      std::filesystem::create_symlink("/etc", at, ignored);
      std::filesystem::remove(at, ignored);
      std::filesystem::rename(other, at, ignored);
    }
  });
  for (int i = 0; i < 60; ++i) {
    try {
      const auto entries = tree.listed(4);
      CHECK(in_order(entries));
      for (const Entry& entry : entries)
        if (const auto* file = std::get_if<HostFile>(&entry.content))
          CHECK(std::string_view(file->name()) == "file");  // none of /etc
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::input);
    }
  }
}

TEST_CASE("temporary files of ours are in no layer") {
  Tree tree;
  tree.write("a");
  const auto before = tree.lines(1);
  tree.write(".lapstrake-tmp-killed");
  tree.dir.write("tree/b/.lapstrake-tmp-KILLED", "");
  std::filesystem::rename(tree.dir / "tree/b/.lapstrake-tmp-KILLED", tree.dir / "tree/.lapstrake-tmp-KILLED");
  std::filesystem::remove(tree.dir / "tree/b");
  CHECK(tree.lines(1) == before);
  tree.copy.from = "tree/*";
  CHECK(tree.listed(1).size() == before.size());
}
