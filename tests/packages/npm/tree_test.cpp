#include <lapstrake/packages/npm/select.hpp>
#include <lapstrake/packages/npm/tree.hpp>

#include "locks.hpp"
#include "name_order.hpp"
#include "tarballs.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::npm;
using layers::Kind;

namespace {

// A project whose packages each have the given files.
class Project {
 public:
  explicit Project(const std::string& lock) : lock_(lock_of(lock)) {}

  void has(const std::string& place, std::vector<TarMember> files) {
    for (auto& file : files) file.path = cat("package/", file.path);
    files.push_back({.path = "package/package.json", .content = R"({"name": "x"})"});
    archives_[place] = unpacked(folder_, tar_of(files)).archive;
  }

  std::vector<layers::Entry> entries(const TreeOptions& options = {.into = "app/node_modules"}) const {
    std::vector<InstalledPackage> packages;
    for (const auto& package : select(lock_, {.target = {.cpu = "x64"}}).packages) {
      const auto archive = archives_.find(package.place);
      packages.push_back({.package = package, .archive = archive == archives_.end() ? nullptr : archive->second});
    }
    return tree(packages, options);
  }

  // "PATH MODE" or "PATH -> TARGET"; folders with "/", without package.json files.
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& entry : entries()) {
      if (entry.path.ends_with("/package.json")) continue;
      if (entry.kind == Kind::symlink)
        out.push_back(cat(entry.path, " -> ", *entry.target));
      else
        out.push_back(entry.kind == Kind::directory ? entry.path + "/" : cat(entry.path, entry.mode & 1 ? " x" : ""));
    }
    return out;
  }

 private:
  TempDir folder_;
  LockFile lock_;
  std::map<std::string, std::shared_ptr<const UnpackedArchive>> archives_;
};
using TreeLines = std::vector<std::string>;

}  // namespace

TEST_CASE("packages are at their places, with all folders and the owner of the step") {
  Project project(R"("node_modules/a": {}, "node_modules/a/node_modules/@s/b": {})");
  project.has("node_modules/a", {{.path = "lib/x.js", .content = "x"}});
  project.has("node_modules/a/node_modules/@s/b", {{.path = "y.js", .content = "y"}});
  CHECK(project.lines() == TreeLines{"app/node_modules/", "app/node_modules/a/", "app/node_modules/a/lib/",
                                     "app/node_modules/a/lib/x.js", "app/node_modules/a/node_modules/",
                                     "app/node_modules/a/node_modules/@s/", "app/node_modules/a/node_modules/@s/b/",
                                     "app/node_modules/a/node_modules/@s/b/y.js"});
  for (const auto& entry : project.entries({.into = "node_modules", .uid = 7, .gid = 8})) {
    CHECK(entry.path.starts_with("node_modules"));
    CHECK((entry.uid == 7 && entry.gid == 8));
    CHECK_FALSE(entry.origin->empty());
    if (entry.kind == Kind::directory) CHECK(entry.mode == 0755);
  }
}

TEST_CASE("a command is a link beside its package, and its file can be run") {
  Project project(R"("node_modules/a": {"bin": {"a": "cli.js", "gone": "none.js", "dir": "d"}},
    "node_modules/@s/b": {"bin": "./bin/b.js"}, "node_modules/@s/b/node_modules/c": {"bin": "c"})");
  project.has("node_modules/a", {{.path = "cli.js"}, {.path = "d-d"}, {.path = "d/d"}});
  project.has("node_modules/@s/b", {{.path = "bin/b.js"}});
  project.has("node_modules/@s/b/node_modules/c", {{.path = "c", .mode = 0600}});
  CHECK(project.lines() ==
        TreeLines{"app/node_modules/", "app/node_modules/.bin/", "app/node_modules/.bin/a -> ../a/cli.js",
                  "app/node_modules/.bin/b -> ../@s/b/bin/b.js", "app/node_modules/.bin/dir -> ../a/d",
                  "app/node_modules/@s/", "app/node_modules/@s/b/", "app/node_modules/@s/b/bin/",
                  "app/node_modules/@s/b/bin/b.js x", "app/node_modules/@s/b/node_modules/",
                  "app/node_modules/@s/b/node_modules/.bin/", "app/node_modules/@s/b/node_modules/.bin/c -> ../c/c",
                  "app/node_modules/@s/b/node_modules/c/", "app/node_modules/@s/b/node_modules/c/c x",
                  "app/node_modules/a/", "app/node_modules/a/cli.js x", "app/node_modules/a/d/",
                  "app/node_modules/a/d-d", "app/node_modules/a/d/d"});
}

TEST_CASE("the first line of a command ends with LF, the rest of it is unchanged") {
  const auto [content, expected] = GENERATE(table<std::string, std::string>({
      {"#!/usr/bin/env node\r\na\r\nb", "#!/usr/bin/env node\na\r\nb"},
      {"#!/bin/sh\na\r\n", "#!/bin/sh\na\r\n"},
      {"x\r\n", "x\r\n"},
      {"#!\r\n", "#!\r\n"},
      {"#!/bin/sh", "#!/bin/sh"},
  }));
  Project project(R"("node_modules/a": {"bin": "cli.js"})");
  project.has("node_modules/a", {{.path = "cli.js", .content = content}, {.path = "other.js", .content = content}});
  for (const auto& entry : project.entries()) {
    if (entry.path.ends_with("/other.js")) CHECK(std::holds_alternative<layers::Spooled>(entry.content));
    if (!entry.path.ends_with("/cli.js")) continue;
    CHECK(entry.size == expected.size());
    if (content != expected) CHECK(std::get<std::string>(entry.content) == expected);
  }
}

TEST_CASE("if two packages have one command, the first in npm's order gets it") {
  Project project(R"("node_modules/b": {"bin": {"x": "x"}}, "node_modules/B-c": {"bin": {"x": "x"}},
    "node_modules/@z/z": {"bin": {"x": "x"}}, "node_modules/web": {"resolved": "web", "link": true},
    "web": {"bin": {"x": "x", "w": "w.js"}})");
  for (const std::string place : {"node_modules/b", "node_modules/B-c", "node_modules/@z/z"})
    project.has(place, {{.path = "x"}});
  const auto lines = project.lines();
  CHECK(std::ranges::count(lines, "app/node_modules/.bin/x -> ../@z/z/x") == 1);
  CHECK(std::ranges::count(lines, "app/node_modules/.bin/w -> ../web/w.js") == 1);
  CHECK(is_before("b", "B-c"));
  CHECK(is_before("a", "A"));
  CHECK(is_before("A", "b"));
  CHECK(is_before("a_b", "a-b"));
  CHECK(is_before("a-b", "a.b"));
  CHECK(is_before("a.b", "a/b"));
  CHECK(is_before("a9", "aa"));
  CHECK_FALSE(is_before("a", "a"));
}

TEST_CASE("a workspace is a link to its folder in the project, and has its own node_modules") {
  Project project(R"("node_modules/@s/web": {"resolved": "packages/web", "link": true}, "packages/web": {},
    "packages/web/node_modules/a": {"bin": "a"})");
  project.has("packages/web/node_modules/a", {{.path = "a"}});
  CHECK(project.lines() == TreeLines{"app/node_modules/", "app/node_modules/@s/",
                                     "app/node_modules/@s/web -> ../../packages/web", "app/packages/web/node_modules/",
                                     "app/packages/web/node_modules/.bin/",
                                     "app/packages/web/node_modules/.bin/a -> ../a/a",
                                     "app/packages/web/node_modules/a/", "app/packages/web/node_modules/a/a x"});
}

TEST_CASE("bundled packages come from the tarball around them, with their commands") {
  Project project(R"("node_modules/a": {}, "node_modules/a/node_modules/b": {"inBundle": true, "bin": "b.js"},
    "node_modules/a/node_modules/c": {})");
  project.has("node_modules/a", {{.path = "node_modules/b/b.js"},
                                 {.path = "node_modules/c/old.js"},
                                 {.path = "node_modules/cc.js"},
                                 {.path = "node_modules/.bin/b", .content = "a copy"}});
  project.has("node_modules/a/node_modules/c", {{.path = "new.js"}});
  CHECK(project.lines() == TreeLines{"app/node_modules/", "app/node_modules/a/", "app/node_modules/a/node_modules/",
                                     "app/node_modules/a/node_modules/.bin/",
                                     "app/node_modules/a/node_modules/.bin/b -> ../b/b.js",
                                     "app/node_modules/a/node_modules/b/", "app/node_modules/a/node_modules/b/b.js x",
                                     "app/node_modules/a/node_modules/c/", "app/node_modules/a/node_modules/c/new.js",
                                     "app/node_modules/a/node_modules/cc.js"});
}

TEST_CASE("a file in the place of a node_modules or .bin folder gives way to the folder") {
  Project project(R"("node_modules/a": {}, "node_modules/a/node_modules/b": {},
    "node_modules/c": {}, "node_modules/c/node_modules/d": {"inBundle": true, "bin": "d.js"})");
  project.has("node_modules/a", {{.path = "node_modules"}});
  project.has("node_modules/a/node_modules/b", {{.path = "b.js"}});
  project.has("node_modules/c", {{.path = "node_modules/.bin"}, {.path = "node_modules/d/d.js"}});
  CHECK(project.lines() == TreeLines{"app/node_modules/", "app/node_modules/a/", "app/node_modules/a/node_modules/",
                                     "app/node_modules/a/node_modules/b/", "app/node_modules/a/node_modules/b/b.js",
                                     "app/node_modules/c/", "app/node_modules/c/node_modules/",
                                     "app/node_modules/c/node_modules/.bin/",
                                     "app/node_modules/c/node_modules/.bin/d -> ../d/d.js",
                                     "app/node_modules/c/node_modules/d/", "app/node_modules/c/node_modules/d/d.js x"});
}

TEST_CASE("files of a package at the place of another package are not installed") {
  Project project(
      R"("node_modules/a": {}, "node_modules/a/node_modules/b": {}, "node_modules/a/node_modules/@s/c": {})");
  project.has("node_modules/a", {{.path = "node_modules/b/old.js"},
                                 {.path = "node_modules/@s/c/lib/old.js"},
                                 {.path = "node_modules/b-b/kept.js"},
                                 {.path = "node_modules/@s/d/kept.js"},
                                 {.path = "my_node_modules/b/kept.js"},
                                 {.path = "lib/node_modules/b/kept.js"}});
  for (const auto* place : {"node_modules/a/node_modules/b", "node_modules/a/node_modules/@s/c"})
    project.has(place, {{.path = "new.js"}});
  TreeLines files;
  for (const auto& line : project.lines())
    if (!line.ends_with('/')) files.push_back(line);
  CHECK(files ==
        TreeLines{"app/node_modules/a/lib/node_modules/b/kept.js", "app/node_modules/a/my_node_modules/b/kept.js",
                  "app/node_modules/a/node_modules/@s/c/new.js", "app/node_modules/a/node_modules/@s/d/kept.js",
                  "app/node_modules/a/node_modules/b-b/kept.js", "app/node_modules/a/node_modules/b/new.js"});
}
