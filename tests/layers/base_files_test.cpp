#include <lapstrake/layers/base_files.hpp>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

std::string tar_of(const std::vector<Entry>& entries) {
  return layer_of(entries, {.compression = {oci::Codec::none, {}}}).bytes;
}

BaseFiles base_of(const std::vector<std::vector<Entry>>& stack) {
  BaseFiles base;
  for (const auto& entries : stack) base.add_layer(source_of(tar_of(entries)), "a layer");
  return base;
}

// All that is in it, by name: "etc d", "etc/passwd f".
std::string tree(const BaseFiles& base, const std::string& folder = "") {
  std::string out;
  for (const std::string& name : base.names_in(folder)) {
    const std::string path = folder.empty() ? name : folder + "/" + name;
    out += cat(path, base.find(path)->kind == Kind::directory ? "/ " : " ");
    out += tree(base, path);
  }
  return out;
}

// What the layer would be taken for; or "refused".
std::string outcome(const std::vector<Entry>& entries) {
  BaseFiles base =
      base_of({{folder("root"), file("root/f", "x"), folder("etc"), file("etc/passwd", "root:x:0:0::/:\n")}});
  try {
    base.add_layer(source_of(tar_of(entries)), "a layer");
  } catch (const Error& error) {
    CHECK((error.kind() == ErrorKind::integrity || error.kind() == ErrorKind::input));
    return "refused";
  }
  return tree(base);
}

const std::string untouched = "etc/ etc/passwd root/ root/f ";

}  // namespace

TEST_CASE("layers lie one on another, whiteouts take away what is below") {
  const auto base = base_of(
      {{folder("a"), file("a/x"), file("a/y"), folder("b"), file("b/z"), folder("c"), file("c/1"), file("a.txt")},
       {file("a/.wh.x"), file(".wh.b"), file("c/.wh..wh..opq"), file("c/2"), file("a/new"), file(".wh..wh.plnk")}});
  CHECK(tree(base) == "a/ a/new a/y a.txt c/ c/2 ");
}

TEST_CASE("a whiteout means what lies below, wherever it stands in its layer") {
  CHECK(tree(base_of({{folder("c"), file("c/1")}, {file("c/2"), file("c/.wh..wh..opq")}})) == "c/ c/2 ");
  CHECK(tree(base_of({{folder("c"), file("c/1")}, {file("c/2"), file(".wh.c")}})) == "c/ c/2 ");
  CHECK(tree(base_of({{folder("c"), file("c/1")}, {file(".wh.c"), file("c/2")}})) == "c/ c/2 ");
}

TEST_CASE("a file over a folder takes all that is in it, a folder over a folder nothing") {
  CHECK(tree(base_of({{folder("a"), file("a/x")}, {file("a")}})) == "a ");
  CHECK(tree(base_of({{folder("a"), file("a/x")}, {folder("a", 0700)}})) == "a/ a/x ");
  CHECK(tree(base_of({{file("a")}, {folder("a"), file("a/x")}})) == "a/ a/x ");
}

TEST_CASE("links are followed on the way, never out of the root, and circles end (S18)") {
  BaseFiles base = base_of({{folder("usr"), folder("usr/bin"), link(Kind::symlink, "bin", "usr/bin"),
                             link(Kind::symlink, "up", "../../../usr"), link(Kind::symlink, "abs", "/usr/./bin"),
                             link(Kind::symlink, "loop", "loop/x")}});
  CHECK(base.resolve("bin/sh") == "usr/bin/sh");
  CHECK(base.resolve("bin") == "bin");
  CHECK(base.follow("bin") == "usr/bin");
  CHECK(base.resolve("up/bin/sh") == "usr/bin/sh");
  CHECK(base.resolve("abs/../x") == "usr/x");
  CHECK(base.resolve("not/there") == "not/there");
  CHECK_THROWS_AS(base.resolve("loop/a"), Error);
  base.add_layer({file("bin/sh", "x")});
  CHECK(base.find("usr/bin/sh") != nullptr);
  CHECK(base.find("bin")->kind == Kind::symlink);
}

TEST_CASE("passwd and group are kept, through links and in later layers") {
  BaseFiles base = base_of({{folder("etc"), file("etc/passwd", "one\n"), folder("lib"), file("lib/group", "g\n"),
                             link(Kind::symlink, "etc/group", "../lib/group")}});
  CHECK(base.text_of("etc/passwd") == "one\n");
  CHECK(base.text_of("etc/group") == "g\n");
  base.add_layer({file("etc/passwd", "two\n")});
  CHECK(base.text_of("etc/passwd") == "two\n");
  base.add_layer({file("etc/.wh.passwd")});
  CHECK_FALSE(base.text_of("etc/passwd"));
}

TEST_CASE("package databases are kept as text, also when the tree is read back") {
  const BaseFiles base =
      base_of({{file("var/lib/dpkg/status", "Package: libc6\n"), file("lib/apk/db/installed", "P:musl\n"),
                file("var/lib/dpkg/status.d/libc6", "Package: libc6\n"),
                file("var/lib/dpkg/status.d/libc6.md5sums", "0 x\n"), file("var/lib/dpkg/info", "x")}});
  for (const auto& files : {base, *BaseFiles::from_bytes(base.to_bytes())}) {
    CHECK(files.text_of("var/lib/dpkg/status") == "Package: libc6\n");
    CHECK(files.text_of("var/lib/dpkg/status.d/libc6") == "Package: libc6\n");
    CHECK(files.text_of("lib/apk/db/installed") == "P:musl\n");
    CHECK_FALSE(files.text_of("var/lib/dpkg/status.d/libc6.md5sums"));
    CHECK_FALSE(files.text_of("var/lib/dpkg/info"));
  }
}

TEST_CASE(
    "the files that name the distribution are kept as text, a link to one is followed, and a large one is ignored") {
  auto link = file("etc/os-release");
  link.kind = Kind::symlink;
  link.target = "../usr/lib/os-release";
  const BaseFiles base =
      base_of({{file("usr/lib/os-release", "ID=debian\n"), link, file("etc/debian_version", "12.5\n")}});
  for (const auto& files : {base, *BaseFiles::from_bytes(base.to_bytes())}) {
    CHECK(files.text_of("etc/os-release") == "ID=debian\n");
    CHECK(files.text_of("etc/debian_version") == "12.5\n");
  }
  const BaseFiles large = base_of({{file("usr/lib/os-release", std::string(limits::release_file_bytes + 1, 'a'))}});
  CHECK_FALSE(large.text_of("usr/lib/os-release"));
}

TEST_CASE("files that packages extend are kept as text, unless they are large") {
  const auto* const shells = "etc/shells";
  const BaseFiles base = base_of({{file(shells, "/bin/sh\n"), file("var/lib/dpkg/alternatives/awk", "auto\n")}});
  for (const auto& files : {base, *BaseFiles::from_bytes(base.to_bytes())}) {
    CHECK(files.text_of(shells) == "/bin/sh\n");
    CHECK(files.text_of("var/lib/dpkg/alternatives/awk") == "auto\n");
  }
  CHECK_FALSE(base_of({{file(shells, std::string(limits::account_bytes + 1, 'a'))}}).text_of(shells));
}

TEST_CASE("a package database beyond the limit is an error when it is asked for") {
  const std::string long_text(limits::database_bytes / 2 + 1, 'a');
  const BaseFiles base = base_of({{file("var/lib/dpkg/status", long_text)}, {file("lib/apk/db/installed", long_text)}});
  CHECK(base.text_of("var/lib/dpkg/status") == long_text);
  CHECK_THROWS_AS(base.text_of("lib/apk/db/installed"), Error);
}

TEST_CASE("a passwd of more than a MiB is refused") {
  CHECK(outcome({file("etc/passwd", std::string((1 << 20) + 1, 'a'))}) == "refused");
}

// The ideas of containerd's pkg/archive/tar_test.go, TestBreakouts: nothing of it may lead anywhere but into the map.
TEST_CASE("tar tricks lead nowhere (S17)") {
  const auto [name, entries, expected] = GENERATE(table<std::string, std::vector<Entry>, std::string>({
      {"parent", {file("../x")}, "refused"},
      {"parent in the middle", {file("a/../../x")}, "refused"},
      {"absolute", {file("/x")}, untouched + "x "},
      {"symlink absolute", {link(Kind::symlink, "s", "/"), file("s/x")}, untouched + "s x "},
      {"symlink up", {link(Kind::symlink, "s", "../../.."), file("s/x")}, untouched + "s x "},
      {"symlink up and into",
       {link(Kind::symlink, "s", "../../etc"), file("s/x")},
       "etc/ etc/passwd etc/x root/ root/f s "},
      {"symlink to a symlink",
       {link(Kind::symlink, "a", "b"), link(Kind::symlink, "b", "../.."), file("a/x")},
       "a b etc/ etc/passwd root/ root/f x "},
      {"symlink over the root", {link(Kind::symlink, "/.", "/etc")}, untouched},
      {"symlink loop", {link(Kind::symlink, "a", "b"), link(Kind::symlink, "b", "a"), file("a/x")}, "refused"},
      {"hard link to a parent", {link(Kind::hardlink, "h", "../etc/passwd")}, "refused"},
      {"hard link, absolute", {link(Kind::hardlink, "h", "/etc/passwd")}, "etc/ etc/passwd h root/ root/f "},
      {"hard link through a symlink",
       {link(Kind::symlink, "s", "/etc"), link(Kind::hardlink, "h", "s/passwd")},
       "etc/ etc/passwd h root/ root/f s "},
      {"hard link to a folder", {link(Kind::hardlink, "h", "etc")}, "refused"},
      {"hard link to nothing", {link(Kind::hardlink, "h", "nothing")}, "refused"},
      {"hard link to itself", {link(Kind::hardlink, "root/f", "root/f")}, untouched},
      {"hard link to a symlink, written through",
       {link(Kind::symlink, "s", "/etc"), link(Kind::hardlink, "h", "s"), file("h/x")},
       "etc/ etc/passwd etc/x h root/ root/f s "},
      {"whiteout of the parent", {file(".wh...")}, "refused"},
      {"whiteout of the folder", {file(".wh..")}, "refused"},
      {"whiteout of nothing", {file(".wh.")}, "refused"},
      {"whiteout with a parent", {file("root/../.wh.etc")}, "refused"},
      {"whiteout through a symlink", {link(Kind::symlink, "s", "/etc"), file("s/.wh.passwd")}, "etc/ root/ root/f s "},
      {"whiteout, absolute", {file("/root/.wh.f")}, "etc/ etc/passwd root/ "},
      {"opaque root", {file(".wh..wh..opq"), file("new")}, "new "},
      {"a file as a folder", {file("root/f/x")}, "refused"},
      {"a name of 5000 bytes", {file(std::string(5000, 'n'))}, "refused"},
      {"newline, backslash and glob", {file("a\n"), file("b\\..\\c"), file("*")}, "* a\n b\\..\\c " + untouched},
  }));
  INFO(name);
  CHECK(outcome(entries) == expected);
}

TEST_CASE("devices and FIFOs of a base are names like others") {
  TempDir dir;
  REQUIRE(std::system(cat("cd ", dir.path().string(), " && mkfifo p && tar -cf t.tar p").c_str()) == 0);
  BaseFiles base;
  base.add_layer(source_of(dir.read("t.tar")), "a layer");
  CHECK(base.find("p") != nullptr);
}

TEST_CASE("compressed layers, and layers of other programs, are read") {
  TempDir dir;
  dir.write("t/bin/sh", "x");
  const std::string option =
      GENERATE("-cf", "-czf", "--zstd -cf", "--format=gnu -cf", "--format=v7 -cf", "--format=pax -cf");
  REQUIRE(std::system(cat("tar -C ", (dir / "t").string(), " ", option, " ", (dir / "l").string(), " .").c_str()) == 0);
  BaseFiles base;
  const std::string blob = dir.read("l");
  base.add_layer(source_of(blob), "a layer");
  CHECK(tree(base) == "bin/ bin/sh ");
}

TEST_CASE("names in a folder are its own only, in order") {
  const auto base =
      base_of({{folder("d"), folder("d/a"), file("d/a/x"), file("d/a-b"), file("d/a.c"), file("d/a0"), folder("e")}});
  CHECK(base.names_in("d") == std::vector<std::string>{"a", "a-b", "a.c", "a0"});
  CHECK(base.names_in("") == std::vector<std::string>{"d", "e"});
}

TEST_CASE("a link that is laid anew leads what comes after it elsewhere") {
  const auto base = base_of({{link(Kind::symlink, "lib", "usr/lib"), file("lib/a"), link(Kind::symlink, "lib", "opt"),
                              file("lib/b"), file(".wh.lib"), file("lib/c")},
                             {file(".wh.lib"), file("lib/d")}});
  CHECK(base.find("usr/lib/a") != nullptr);
  CHECK(base.find("opt/b") != nullptr);
  CHECK(base.find("opt/c") != nullptr);  // the whiteout is for the layers below
  CHECK(base.find("lib/d") != nullptr);
}

TEST_CASE("a file tree is the same after it was remembered, and layers go on top of it as before") {
  auto base = base_of({{folder("etc"), file("etc/passwd", "root:x:0:0::/:/bin/sh\n"), folder("usr"), folder("usr/bin"),
                        link(Kind::symlink, "bin", "usr/bin"), file("usr/bin/sh", "#!")},
                       {file("etc/passwd", "alice:x:1:1::/:/bin/sh\n"), file("usr/bin/.wh.sh", "")}});
  auto back = BaseFiles::from_bytes(base.to_bytes());
  REQUIRE(back);
  CHECK(back->to_bytes() == base.to_bytes());
  CHECK(tree(*back) == tree(base));
  CHECK(back->text_of("etc/passwd") == "alice:x:1:1::/:/bin/sh\n");
  const std::vector<Entry> more{file("bin/run", "run"), file("etc/.wh.passwd", "")};
  back->add_layer(more);
  base.add_layer(more);
  CHECK(back->to_bytes() == base.to_bytes());
  CHECK(back->find("usr/bin/run") != nullptr);
}

TEST_CASE("a remembered file tree that is damaged anywhere is none") {
  const auto whole = base_of({{folder("etc"), file("etc/passwd", "root:x:0:0::/:/bin/sh\n")}}).to_bytes();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] ^= 1;
    CAPTURE(i);
    CHECK_FALSE(BaseFiles::from_bytes(damaged));
    CHECK_FALSE(BaseFiles::from_bytes(whole.substr(0, i)));
  }
  CHECK_FALSE(BaseFiles::from_bytes(whole + "x"));
}
