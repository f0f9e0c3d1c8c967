#include <lapstrake/layers/assemble.hpp>

#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <thread>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

const Position here{"lapstrake.yaml", 12, 9};
const Position there{"lapstrake.yaml", 20, 9};

oci::Copy copy(std::string from, std::string to) {
  oci::Copy out;
  out.from = std::move(from);
  out.to = std::move(to);
  out.where = here;
  return out;
}

oci::LayerRecipe recipe(oci::Copy copy) {
  oci::LayerRecipe out;
  out.name = "app";
  out.copies = {std::move(copy)};
  return out;
}

struct Project {
  TempDir dir;
  BaseFiles below;
  oci::Accounts accounts;
  bool allow_outside = false;

  std::filesystem::path root() const { return dir / "project"; }
  void write(std::string_view name, std::string_view text = "x") const { dir.write(cat("project/", name), text); }
  void base(const std::vector<Entry>& entries) { below.add_layer(entries); }
  std::vector<Entry> assemble(const oci::LayerRecipe& layer) const {
    std::filesystem::create_directories(root());
    const AccountTable table(accounts, below);
    return layers::assemble(
        layer, below, table,
        {.root = root(), .allow_outside = allow_outside, .own_files = {"own.lock"}, .scratch = dir.path(), .stop = {}});
  }
  // "/a f 0755 33:33", one for each entry.
  std::vector<std::string> lines(const oci::LayerRecipe& layer) const {
    std::vector<std::string> out;
    for (const Entry& e : assemble(layer)) {
      std::string mode;
      for (int shift = 9; shift >= 0; shift -= 3) mode += static_cast<char>('0' + ((e.mode >> shift) & 7));
      out.push_back(cat(e.path, " ", "fdlh"[static_cast<int>(e.kind)], " ", mode, " ", e.uid, ":", e.gid,
                        e.target->empty() ? "" : " -> ", *e.target));
    }
    return out;
  }
  std::vector<std::string> paths(const oci::LayerRecipe& layer) const {
    std::vector<std::string> out;
    for (const Entry& e : assemble(layer))
      if (e.kind != Kind::directory) out.push_back(e.path);
    return out;
  }
  // The report of the failure.
  std::string failure(const oci::LayerRecipe& layer) const {
    try {
      const auto entries = assemble(layer);
      return cat("no failure, but ", entries.size(), " entries");
    } catch (const Error& error) {
      CHECK((error.kind() == ErrorKind::input || error.kind() == ErrorKind::usage));
      return report(error);
    }
  }
};

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a folder's contents are copied, and its parents are made where the base lacks them") {
  Project project;
  project.write("public/index.php");
  project.write("public/css/a.css");
  std::filesystem::permissions(project.root() / "public/index.php", std::filesystem::perms(0711));
  std::filesystem::permissions(project.root() / "public/css/a.css", std::filesystem::perms(0600));
  project.base({folder("var", 0700), folder("var/www", 0700)});
  auto step = copy("public/", "/var/www/html/public/");
  step.owner = {"33", "34", true};
  CHECK(project.lines(recipe(step)) ==
        Strings{"var/www/html d 0755 0:0", "var/www/html/public d 0755 33:34", "var/www/html/public/css d 0755 33:34",
                "var/www/html/public/css/a.css f 0644 33:34", "var/www/html/public/index.php f 0755 33:34"});
}

TEST_CASE("what a folder of the base is stays, but for what the spec says") {
  Project project;
  project.write("root/tmp/x");
  project.write("root/usr/lib/y");
  project.base({folder("tmp", 01777), folder("usr", 0751), folder("usr/lib", 0751)});
  auto step = copy("root", "/");
  CHECK(project.lines(recipe(step)) == Strings{"tmp/x f 0644 0:0", "usr/lib/y f 0644 0:0"});
  step.owner = {"7", "7", false};
  CHECK(project.lines(recipe(step)) ==
        Strings{"tmp d 1777 7:7", "tmp/x f 0644 7:7", "usr d 0751 7:7", "usr/lib d 0751 7:7", "usr/lib/y f 0644 7:7"});
  step.owner = {};
  step.directory_mode = 0711;
  CHECK(project.lines(recipe(step)).front() == "tmp d 0711 0:0");
}

TEST_CASE("into a folder, or by another name") {
  Project project;
  project.write("a/f");
  project.write("a/g");
  const auto [from, to, expected] = GENERATE(table<std::string, std::string, Strings>({
      {"a/f", "/srv/", {"srv/f"}},
      {"a/f", "/srv/h", {"srv/h"}},
      {"a", "/srv", {"srv/f", "srv/g"}},
      {"a", "/srv/", {"srv/f", "srv/g"}},
      {"./a//", "/", {"f", "g"}},
      {"a/../a/f", "/x", {"x"}},
      {".", "/", {"a/f", "a/g"}},
      {"a/*", "/srv/", {"srv/f", "srv/g"}},
      {"a/**", "/srv/", {"srv/f", "srv/g"}},
      {"**/f", "/srv/", {"srv/f"}},
      {"*/[g-z]", "/srv/one", {"srv/one"}},
      {"*", "/srv/", {"srv/f", "srv/g"}},  // a folder that matches: what is in it, as docker does
  }));
  INFO(from << " " << to);
  CHECK(project.paths(recipe(copy(from, to))) == expected);
}

TEST_CASE("what is not there is named with its step and what is nearly so") {
  Project project;
  project.write("dist/main.js");
  CHECK_THAT(project.failure(recipe(copy("dits/main.js", "/"))), Contains("`dits/main.js` does not exist") &&
                                                                     Contains("lapstrake.yaml:12:9") &&
                                                                     Contains("did you mean `dist`?"));
  CHECK_THAT(project.failure(recipe(copy("dist/mian.js", "/"))), Contains("did you mean `dist/main.js`?"));
  CHECK_THAT(project.failure(recipe(copy("dist/*.css", "/"))), Contains("no file matches `dist/*.css`"));
  CHECK_THAT(project.failure(recipe(copy("dust/*.css", "/"))), Contains("`dust` does not exist"));
  project.write("dist/other.js");
  CHECK_THAT(project.failure(recipe(copy("dist/*.js", "/one"))), Contains("2 files match") && Contains("`to: /one/`"));
}

TEST_CASE("nothing outside of the spec's folder is read, unless it is allowed") {
  Project project;
  project.dir.write("canary", "secret");
  project.write("in");
  std::filesystem::create_symlink("..", project.root() / "up");
  std::filesystem::create_symlink(project.dir.path(), project.root() / "abs");
  const std::string from =
      GENERATE("../canary", "/etc/passwd", "up/canary", "abs/canary", "in/../../canary", "../*", "up/*", "./..", "/");
  INFO(from);
  CHECK_THAT(project.failure(recipe(copy(from, "/x/"))), Contains("the folder of the spec") || Contains("outside"));
  project.allow_outside = true;
  if (from.find("canary") != std::string::npos) CHECK(project.paths(recipe(copy(from, "/x/"))) == Strings{"x/canary"});
  CHECK(project.paths(recipe(copy("in", "/x/"))) == Strings{"x/in"});
  CHECK(project.paths(recipe(copy("i*", "/x/"))) == Strings{"x/in"});
}

TEST_CASE("symbolic links are kept as they are, or followed inside the folder") {
  Project project;
  project.write("site/real/f", "body");
  std::filesystem::create_symlink("real", project.root() / "site/folder");
  std::filesystem::create_symlink("real/f", project.root() / "site/file");
  std::filesystem::create_symlink("/etc/shadow", project.root() / "site/shadow");
  auto step = copy("site", "/s");
  CHECK(project.lines(recipe(step)) == Strings{"s d 0755 0:0", "s/file l 0777 0:0 -> real/f",
                                               "s/folder l 0777 0:0 -> real", "s/real d 0755 0:0",
                                               "s/real/f f 0644 0:0", "s/shadow l 0777 0:0 -> /etc/shadow"});
  step.symlinks = oci::Copy::Symlinks::follow;
  CHECK_THAT(project.failure(recipe(step)), Contains("follows a symbolic link out of the folder of the spec"));
  step.exclude = {"shadow"};
  CHECK(project.lines(recipe(step)) == Strings{"s d 0755 0:0", "s/file f 0644 0:0", "s/folder d 0755 0:0",
                                               "s/folder/f f 0644 0:0", "s/real d 0755 0:0", "s/real/f f 0644 0:0"});
  CHECK(project.lines(recipe(copy("site/folder", "/x"))) == Strings{"x l 0777 0:0 -> real"});
  CHECK(project.paths(recipe(copy("site/folder/", "/x"))) == Strings{"x/f"});
  CHECK(project.paths(recipe(copy("site/folder/f", "/x"))) == Strings{"x"});
}

TEST_CASE("followed links that lead in a circle or to nothing are errors") {
  Project project;
  project.write("site/a/f");
  const std::string target = GENERATE("..", ".", "loop", "gone");
  std::filesystem::create_symlink(target, project.root() / "site/a/loop");
  auto step = copy("site", "/s");
  step.symlinks = oci::Copy::Symlinks::follow;
  CHECK_THAT(project.failure(recipe(step)),
             Contains("a folder that contains it") || Contains("is broken") || Contains("Too many levels"));
  step.symlinks = oci::Copy::Symlinks::keep;
  CHECK(project.paths(recipe(step)) == Strings{"s/a/f", "s/a/loop"});
}

TEST_CASE("include, exclude and .lapstrakeignore choose together") {
  Project project;
  for (const char* name : {"src/a.js", "src/a.map", "src/deep/b.js", "src/deep/b.txt", "src/tmp/c.js",
                           "src/tmp/keep.js", "src/none/d.txt"})
    project.write(name);
  auto step = copy("src", "/");
  step.include = {"**/*.js"};
  step.exclude = {"deep/b.*"};
  project.write(".lapstrakeignore", "# left out\nsrc/tmp/*\n!src/tmp/keep.js\n");
  CHECK(project.lines(recipe(step)) == Strings{"a.js f 0644 0:0", "tmp d 0755 0:0", "tmp/keep.js f 0644 0:0"});
  step.include = {}, step.exclude = {"**/*.map", "none"};
  CHECK(project.paths(recipe(step)) == Strings{"a.js", "deep/b.js", "deep/b.txt", "tmp/keep.js"});
}

TEST_CASE("a .lapstrakeignore that is a loop of links, or leads out of the project, is an error") {
  Project project;
  project.write("a.log", "");
  std::filesystem::create_symlink(".lapstrakeignore", project.root() / ".lapstrakeignore");
  CHECK_THAT(project.failure(recipe(copy("a.log", "/"))), Contains("`.lapstrakeignore`"));
  std::filesystem::remove(project.root() / ".lapstrakeignore");
  std::filesystem::create_symlink("/nowhere/ignore", project.root() / ".lapstrakeignore");
  CHECK_THAT(project.failure(recipe(copy("a.log", "/"))), Contains("out of"));
}

TEST_CASE("a file that the spec names and .lapstrakeignore leaves out is an error") {
  Project project;
  project.write("a.log");
  project.write(".lapstrakeignore", "*.log\n");
  CHECK_THAT(project.failure(recipe(copy("a.log", "/"))), Contains("excluded by `.lapstrakeignore`"));
  project.write(".lapstrakeignore", "[\n");
  CHECK_THAT(project.failure(recipe(copy("a.log", "/"))), Contains("`[`") && Contains("reading `.lapstrakeignore`"));
}

TEST_CASE("sockets, FIFOs and devices are named, or skipped") {
  Project project;
  project.write("d/f");
  REQUIRE(::mkfifo((project.root() / "d/pipe").c_str(), 0600) == 0);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (project.root() / "d/sock").string().copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
  auto step = copy("d", "/");
  CHECK_THAT(project.failure(recipe(step)), Contains("d/pipe") && Contains("d/sock") && Contains("special: skip"));
  step.special = oci::Copy::Special::skip;
  CHECK(project.paths(recipe(step)) == Strings{"f"});
}

TEST_CASE("up to ten files that cannot be read are named at once") {
  if (::geteuid() != 0) SUCCEED("run by root to drop its rights; as another user the modes alone do");
  Project project;
  for (int i = 0; i < 12; ++i) {
    project.write(cat("d/f", 10 + i));
    std::filesystem::permissions(project.root() / cat("d/f", 10 + i), std::filesystem::perms(0));
  }
  std::filesystem::permissions(project.dir.path(), std::filesystem::perms(0755));
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  const std::string failure = project.failure(recipe(copy("d", "/")));
  if (root) REQUIRE(::seteuid(0) == 0);
  CHECK_THAT(failure, Contains("`d/f10`") && Contains("and 2 more") && Contains("Permission denied"));
}

TEST_CASE("hard links are kept: the first in order has the body") {
  Project project;
  project.write("d/z");
  std::filesystem::create_hard_link(project.root() / "d/z", project.root() / "d/b");
  std::filesystem::create_hard_link(project.root() / "d/z", project.root() / "d/a.x");
  project.write("d/a/y");
  CHECK(project.lines(recipe(copy("d", "/"))) ==
        Strings{"a d 0755 0:0", "a.x f 0644 0:0", "a/y f 0644 0:0", "b h 0644 0:0 -> a.x", "z h 0644 0:0 -> a.x"});
  CHECK(project.lines(recipe(copy("d/z", "/"))) == Strings{"z f 0644 0:0"});
}

TEST_CASE("modes: kept, set, or by the executable bit") {
  Project project;
  project.write("d/f");
  std::filesystem::permissions(project.root() / "d/f", std::filesystem::perms(06751));
  std::filesystem::permissions(project.root() / "d", std::filesystem::perms(0770));
  auto step = copy("d", "/d");
  CHECK(project.lines(recipe(step)) == Strings{"d d 0755 0:0", "d/f f 0755 0:0"});
  step.keep_mode = true;
  CHECK(project.lines(recipe(step)) == Strings{"d d 0770 0:0", "d/f f 6751 0:0"});
  step.keep_mode = false, step.mode = 0640, step.directory_mode = 0711;
  CHECK(project.lines(recipe(step)) == Strings{"d d 0711 0:0", "d/f f 0640 0:0"});
}

TEST_CASE("extended attributes are left, or kept if they are user.*") {
  Project project;
  project.write("f");
  if (::setxattr((project.root() / "f").c_str(), "user.note", "n\0te", 4, 0) != 0) return;  // not on this file system
  auto step = copy("f", "/");
  CHECK(project.assemble(recipe(step)).at(0).xattrs->empty());
  step.keep_xattrs = true;
  CHECK(project.assemble(recipe(step)).at(0).xattrs == oci::Xattrs{{"user.note", std::string("n\0te", 4)}});
}

TEST_CASE("files, directories and symlinks of the spec") {
  Project project;
  oci::LayerRecipe layer;
  layer.files = {
      {.path = "/etc/app.ini", .text = "a=1\n", .owner = {}, .mode = 0600, .xattrs = {{"user.x", "1"}}, .where = here}};
  layer.directories = {{.path = "/var/cache/app", .owner = {"5", "6", true}, .mode = 0750, .where = here}};
  layer.symlinks = {{.path = "/var/log/app.log", .target = "/dev/stdout", .owner = {}, .where = here}};
  CHECK(project.lines(layer) == Strings{"etc d 0755 0:0", "etc/app.ini f 0600 0:0", "var d 0755 0:0",
                                        "var/cache d 0755 0:0", "var/cache/app d 0750 5:6", "var/log d 0755 0:0",
                                        "var/log/app.log l 0777 0:0 -> /dev/stdout"});
  CHECK(project.assemble(layer).at(1).xattrs->at("user.x") == "1");
}

TEST_CASE("the base's links are followed on the way") {
  Project project;
  project.base({folder("usr"), folder("usr/bin"), link(Kind::symlink, "bin", "usr/bin"),
                link(Kind::symlink, "sbin", "/bin"), link(Kind::symlink, "usr/bin/sh", "dash"), folder("run", 0700),
                folder("var"), link(Kind::symlink, "var/run", "/run")});
  project.write("root/bin/tool");
  project.write("root/sbin/tool2");
  oci::LayerRecipe layer = recipe(copy("root", "/"));
  layer.files = {{.path = "/bin/sh", .text = "", .owner = {}, .xattrs = {}, .where = here}};
  layer.directories = {{.path = "/var/run/app", .owner = {}, .where = here}};
  CHECK(project.lines(layer) ==
        Strings{"run/app d 0755 0:0", "usr/bin/sh f 0644 0:0", "usr/bin/tool f 0644 0:0", "usr/bin/tool2 f 0644 0:0"});
}

TEST_CASE("two steps that write one path are named both") {
  Project project;
  project.write("a/f");
  project.write("b/f");
  oci::LayerRecipe layer = recipe(copy("a", "/srv"));
  layer.copies.push_back(copy("b", "/srv"));
  layer.copies.back().where = there;
  CHECK_THAT(project.failure(layer),
             Contains("`/srv/f`") && Contains("lapstrake.yaml:12:9") && Contains("lapstrake.yaml:20:9"));
  layer.copies.pop_back();
  layer.directories = {{.path = "/srv", .owner = {"3", "3", true}, .mode = 0700, .where = there}};
  CHECK(project.lines(layer).front() == "srv d 0700 3:3");
  layer.directories.push_back({.path = "/srv", .owner = {"4", "4", true}, .mode = 0700, .where = there});
  CHECK_THAT(project.failure(layer), Contains("with different owners or modes"));
}

TEST_CASE("no path leads through a link or a file of its own layer, nor through a file of the base") {
  Project project;
  oci::LayerRecipe layer;
  layer.files = {{.path = "/opt/app/f", .text = "", .owner = {}, .xattrs = {}, .where = here}};
  layer.symlinks = {{.path = "/opt/app", .target = "/etc", .owner = {}, .where = there}};
  CHECK_THAT(project.failure(layer), Contains("lies in `/opt/app`") && Contains("symbolic link") && Contains("20:9"));
  layer.symlinks.clear();
  layer.files.push_back({.path = "/opt/app", .text = "", .owner = {}, .xattrs = {}, .where = there});
  CHECK_THAT(project.failure(layer), Contains("writes as a file"));
  layer.files.pop_back();
  project.base({folder("opt"), file("opt/app", "")});
  CHECK_THAT(project.failure(layer), Contains("not a folder in the layers below"));
}

TEST_CASE("a folder of the base is not replaced by mistake") {
  Project project;
  project.base({folder("usr"), folder("usr/bin")});
  project.write("tool");
  CHECK_THAT(project.failure(recipe(copy("tool", "/usr/bin"))), Contains("`to: /usr/bin/`"));
}

TEST_CASE("removals are whiteouts before their siblings, of what is there") {
  Project project;
  project.base({folder("etc"), file("etc/old.conf"), folder("etc/dir"), file("etc/dir/x")});
  oci::LayerRecipe layer;
  layer.removals = {{"/etc/old.conf", here}, {"/etc/dir/x", here}, {"/etc/dir", here}};
  layer.files = {{.path = "/etc/!first", .text = "", .owner = {}, .xattrs = {}, .where = here}};
  CHECK(project.paths(layer) == Strings{"etc/.wh.dir", "etc/.wh.old.conf", "etc/!first"});
  layer.removals = {{"/etc/old.cnf", here}};
  CHECK_THAT(project.failure(layer),
             Contains("`/etc/old.cnf` does not exist") && Contains("did you mean `/etc/old.conf`?"));
  layer.removals = {{"/etc/dir", here}};
  layer.files.at(0).path = "/etc/dir/new";
  CHECK_THAT(project.failure(layer), Contains("cannot remove `/etc/dir` and write `/etc/dir/new`"));
}

TEST_CASE("a folder of the base is replaced by a file or link when the layer removes it as well") {
  Project project;
  project.base({folder("a"), file("a/x"), folder("a/b"), file("a/b/y"), file("f")});
  oci::LayerRecipe layer;
  layer.symlinks = {{.path = "/a", .target = "/srv", .owner = {}, .where = here}};
  CHECK_THAT(project.failure(layer), Contains("would replace") && Contains("add `remove: [/a]` to this layer"));
  SECTION("by a link; what lies in it goes with it") {
    layer.removals = {{"/a", here}, {"/a/b", here}, {"/f", here}};
    CHECK(project.lines(layer) == Strings{".wh.f f 0000 0:0", "a l 0777 0:0 -> /srv"});
    project.below.add_layer(project.assemble(layer));
    CHECK(project.below.find("a")->kind == Kind::symlink);
    CHECK(project.below.find("a/x") == nullptr);
    CHECK(project.below.find("f") == nullptr);
  }
  SECTION("by a file") {
    layer.symlinks.clear();
    layer.files = {{.path = "/a", .text = "t", .owner = {}, .xattrs = {}, .where = here}};
    layer.removals = {{"/a", here}};
    CHECK(project.lines(layer) == Strings{"a f 0644 0:0"});
  }
  SECTION("by a copy") {
    project.write("new");
    auto copied = recipe(copy("new", "/a"));
    CHECK_THAT(project.failure(copied), Contains("add `remove: [/a]`") && Contains("`to: /a/`"));
    copied.removals = {{"/a", here}};
    CHECK(project.lines(copied) == Strings{"a f 0644 0:0"});
  }
  SECTION("but not by a folder: what the base has in it would stay") {
    layer.symlinks.clear();
    layer.directories = {{.path = "/a", .owner = {}, .mode = 0700, .where = here}};
    layer.removals = {{"/a", here}};
    CHECK_THAT(project.failure(layer), Contains("cannot remove `/a` and write `/a`"));
  }
  SECTION("and nothing is written into what is a link now") {
    layer.removals = {{"/a", here}};
    layer.files = {{.path = "/a/z", .text = "", .owner = {}, .xattrs = {}, .where = here}};
    CHECK_THAT(project.failure(layer), Contains("`/a/z` lies in `/a`, which this layer writes as a symbolic link"));
  }
}

TEST_CASE("names that no image can have are refused") {
  Project project;
  const auto [path, words] = GENERATE(table<std::string, std::string>({
      {"/srv/.wh.x", ".wh."},
      {"/srv/../x", "`..`"},
      {"/", "root"},
      {"/" + std::string(256, 'a'), "255 bytes"},
      {std::string("/a\0b", 4), "NUL"},
  }));
  oci::LayerRecipe layer;
  layer.files = {{.path = path, .text = "", .owner = {}, .xattrs = {}, .where = here}};
  CHECK_THAT(project.failure(layer), Contains(words) && Contains("lapstrake.yaml:12:9"));
}

TEST_CASE("a source called .wh. something and a path of more than 4096 bytes are refused") {
  Project project;
  project.write("d/.wh.x");
  CHECK_THAT(project.failure(recipe(copy("d", "/"))), Contains("`.wh.`"));
  std::string to = "/";
  while (to.size() < 4096) to += std::string(100, 'p') + "/";
  project.write("e/f");
  CHECK_THAT(project.failure(recipe(copy("e", to))), Contains("longer than 4096"));
}

TEST_CASE("folders a thousand deep are no matter") {
  Project project;
  std::string deep = "d";
  for (int i = 0; i < 1000; ++i) {
    deep += "/d";
    if (i % 500 == 499) std::filesystem::create_directories(project.root() / deep);
  }
  project.write(deep + "/f");
  CHECK(project.assemble(recipe(copy("d", "/srv"))).size() == 1002);
  CHECK(project.paths(recipe(copy("**/f", "/srv/"))) == Strings{"srv/f"});
}

TEST_CASE("the order in which a folder is listed, and the time, change nothing") {
  Project project;
  for (const char* name : {"b", "a/c", "a-b", "A", "\xc3\xa9", "z"}) project.write(cat("one/", name), name);
  for (const char* name : {"z", "\xc3\xa9", "A", "a-b", "a/c", "b"}) project.write(cat("two/", name), name);
  const auto one = layer_of(project.assemble(recipe(copy("one", "/")))),
             two = layer_of(project.assemble(recipe(copy("two", "/"))));
  CHECK(one.written.digest == two.written.digest);
}

TEST_CASE("while a racer swaps files and folders for links, no byte from outside is read (S45)") {
  Project project;
  const std::string canary = "CANARY-0123456789";
  project.dir.write("outside/f", canary);
  project.write("d/sub/f", "harmless-12345678");
  std::atomic<bool> done = false;
  const auto sub = project.root() / "d/sub", aside = project.root() / "aside";
  std::jthread racer([&] {
    std::error_code ignored;
    while (!done) {
      std::filesystem::rename(sub, aside, ignored);
      std::filesystem::create_symlink(project.dir / "outside", sub, ignored);
      std::filesystem::remove(sub, ignored);
      std::filesystem::rename(aside, sub, ignored);
      std::filesystem::rename(sub / "f", sub / "g", ignored);
      std::filesystem::create_symlink(project.dir / "outside/f", sub / "f", ignored);
      std::filesystem::remove(sub / "f", ignored);
      std::filesystem::rename(sub / "g", sub / "f", ignored);
    }
  });
  int built = 0;
  for (int i = 0; i < 300; ++i) try {
      const bool follow = i % 2 == 0;
      auto step = copy("d", "/");
      if (follow) step.symlinks = oci::Copy::Symlinks::follow;
      const auto layer = layer_of(project.assemble(recipe(step)), {.compression = {oci::Codec::none, {}}});
      if (layer.bytes.find(canary) != std::string::npos) FAIL("the canary is in a layer");
      ++built;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) FAIL(report(error));
    }
  done = true;
  INFO(built << " of 300 were built");
  SUCCEED();
}

TEST_CASE("no copy takes the files of the program itself, unless .lapstrakeignore includes them again") {
  Project project;
  project.write("own.lock");
  project.write("a");
  project.write("sub/own.lock");
  CHECK(project.paths(recipe(copy("./", "/"))) == Strings{"a", "sub/own.lock"});
  project.write(".lapstrakeignore", ".lapstrakeignore\n!own.lock\n");
  CHECK(project.paths(recipe(copy("./", "/"))) == Strings{"a", "own.lock", "sub/own.lock"});
}

TEST_CASE("files of packages with the same content are hard links, other files are not") {
  const auto content = std::make_shared<const ContentFile>(ContentFile{.path = "/nowhere", .identity = "x"});
  const auto part = [&](const char* path, std::uint64_t offset) {
    Entry entry;
    entry.path = path;
    entry.size = 5;
    entry.origin = "test";
    entry.content = Spooled{.file = content, .offset = offset};
    return entry;
  };
  const auto entries = assemble({}, {}, AccountTable({}, {}), {.root = "/", .scratch = "/tmp", .stop = {}},
                                {.entries = {part("d", 9), part("e", 9)},
                                 .archives = {},
                                 .packages = {part("a", 0), part("b", 0), part("c", 5)}});
  REQUIRE(entries.size() == 5);
  CHECK(entries[1].kind == Kind::hardlink);
  CHECK(*entries[1].target == "a");
  for (const auto i : {0, 2, 3, 4}) CHECK(entries[static_cast<std::size_t>(i)].kind == Kind::file);
}
