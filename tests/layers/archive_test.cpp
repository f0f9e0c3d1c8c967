#include <locale.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/assemble.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

using Strings = std::vector<std::string>;

struct Project {
  TempDir dir;
  BaseFiles below;
  mutable int notices = 0;

  std::filesystem::path root() const { return dir / "project"; }
  void run(const std::string& command) const {
    std::filesystem::create_directories(root());
    INFO(command);
    REQUIRE(std::system(cat("cd ", root().string(), " && (", command, ") > /dev/null 2>&1").c_str()) == 0);
  }
  void write_tar(std::string_view name, const std::vector<Entry>& entries) const {
    dir.write(cat("project/", name), layer_of(entries, {.compression = {oci::Codec::none, {}}}).bytes);
  }
  std::vector<Entry> assemble(const oci::Archive& archive) const {
    oci::LayerRecipe recipe;
    recipe.archives = {archive};
    return layers::assemble(
        recipe, below, AccountTable({}, below),
        {.root = root(), .scratch = dir.path(), .stop = {}, .notify = [this](const std::string&) { ++notices; }});
  }
  Strings lines(const oci::Archive& archive) const {
    Strings out;
    for (const Entry& e : assemble(archive)) {
      std::string mode;
      for (int shift = 9; shift >= 0; shift -= 3) mode += static_cast<char>('0' + ((e.mode >> shift) & 7));
      out.push_back(cat(e.path, " ", "fdlh"[static_cast<int>(e.kind)], " ", mode, " ", e.uid, ":", e.gid,
                        e.target->empty() ? "" : " -> ", *e.target));
    }
    return out;
  }
  std::string failure(const oci::Archive& archive) const {
    try {
      return cat("no failure, but ", assemble(archive).size(), " entries");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::input);
      return report(error);
    }
  }
};

oci::Archive archive(std::string from, std::string to) {
  oci::Archive out;
  out.from = std::move(from);
  out.to = std::move(to);
  out.where = {"lapstrake.yaml", 7, 3};
  return out;
}

// The text of the file `path` in the layer of `entries`.
std::string text_in(const std::vector<Entry>& entries, const std::string& path) {
  const auto layer = layer_of(entries, {.compression = {oci::Codec::none, {}}});
  std::string out = "absent";
  read_tar(source_of(layer.bytes), "the layer", [&](const TarEntry& entry, const Source& data) {
    if (entry.path == path) out = read_all(data, 1 << 20, "text");
  });
  return out;
}

}  // namespace

TEST_CASE("archives of every kind are told by their content") {
  Project project;
  project.run(
      "mkdir -p t/bin && printf hello > t/bin/sh && chmod 4755 t/bin/sh && ln -s sh t/bin/ash && chmod 700 t/bin");
  const auto [command, name] = GENERATE(table<std::string, std::string>(
      {{"tar -cf", "a.x"}, {"tar -czf", "a.x"}, {"tar -cJf", "a.x"}, {"tar -cjf", "a.x"}, {"tar --zstd -cf", "a.x"}}));
  project.run(cat(command, " ", name, " --numeric-owner --owner=5 --group=6 t"));
  const auto from = archive(name, "/opt");
  CHECK(project.lines(from) == Strings{"opt d 0755 0:0", "opt/t d 0755 5:6", "opt/t/bin d 0700 5:6",
                                       "opt/t/bin/ash l 0777 5:6 -> sh", "opt/t/bin/sh f 4755 5:6"});
  CHECK(text_in(project.assemble(from), "opt/t/bin/sh") == "hello");
}

TEST_CASE("a zip has its modes, and 0:0 as owner") {
  Project project;
  project.dir.write("project/make.py", R"(
import zipfile
z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)
def put(name, mode, text):
    i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = mode << 16; z.writestr(i, text)
put('d/', 0o40750, '')
put('d/tool', 0o100755, 'x' * 70000)
put('d/link', 0o120777, 'tool')
put('d/caf\u00e9', 0o100640, 'y')
)");
  project.run("python3 make.py");
  setlocale(LC_ALL, GENERATE("C", "C.UTF-8"));
  const auto from = archive("a.zip", "/");
  CHECK(project.lines(from) ==
        Strings{"d d 0750 0:0", "d/caf\xc3\xa9 f 0640 0:0", "d/link l 0777 0:0 -> tool", "d/tool f 0755 0:0"});
  CHECK(text_in(project.assemble(from), "d/tool") == std::string(70000, 'x'));
  setlocale(LC_ALL, "C");
}

TEST_CASE("names of a zip that are not UTF-8 are in DOS's code page") {
  Project project;
  project.dir.write("project/make.py", R"(
import zipfile
z = zipfile.ZipFile('a.zip', 'w')
z.writestr('AAAA', '1'); z.writestr('BBBB', '2'); z.writestr('caf\u00e9', '3')
z.close()
data = open('a.zip', 'rb').read()
open('a.zip', 'wb').write(data.replace(b'AAAA', b'f\x81r\xe1').replace(b'BBBB', b'\xc3\xa9\x20x'))
)");
  project.run("python3 make.py");
  CHECK(project.lines(archive("a.zip", "/")) ==
        Strings{"caf\xc3\xa9 f 0600 0:0", "f\xc3\xbcr\xc3\x9f f 0600 0:0", "\xc3\xa9 x f 0600 0:0"});
}

TEST_CASE("owner, strip_components, include and exclude") {
  Project project;
  Entry mine = file("./top/a/x", "1");
  mine.uid = 9;
  project.write_tar("a.tar", {folder("top"), folder("top/a"), mine, file("top/b.map"), file("readme")});
  auto from = archive("a.tar", "/srv/");
  from.strip_components = 1;
  CHECK(project.lines(from) ==
        Strings{"srv d 0755 0:0", "srv/a d 0755 0:0", "srv/a/x f 0644 9:0", "srv/b.map f 0644 0:0"});
  from.owner = {"3", "4", true};
  from.exclude = {"**/*.map"};
  CHECK(project.lines(from) == Strings{"srv d 0755 0:0", "srv/a d 0755 3:4", "srv/a/x f 0644 3:4"});
  from.strip_components = 0, from.include = {"readme"};
  CHECK(project.lines(from) == Strings{"srv d 0755 0:0", "srv/readme f 0644 3:4"});
}

TEST_CASE("hard links of an archive are kept, whatever the order of names") {
  Project project;
  project.write_tar("a.tar", {file("z", "body"), link(Kind::hardlink, "m", "z"), link(Kind::hardlink, "a", "m")});
  auto from = archive("a.tar", "/");
  CHECK(project.lines(from) == Strings{"a f 0644 0:0", "m h 0644 0:0 -> a", "z h 0644 0:0 -> a"});
  CHECK(text_in(project.assemble(from), "a") == "body");
  from.exclude = {"z"};
  CHECK_THAT(project.failure(from), Contains("hard link `m` points to `z`") && Contains("lapstrake.yaml:7:3"));
}

TEST_CASE("the last of two members with one name is taken, as tar does") {
  Project project;
  project.write_tar("a.tar", {file("f", "first"), folder("d"), file("f", "second"), file("e", "other")});
  CHECK(text_in(project.assemble(archive("a.tar", "/")), "f") == "second");
  CHECK(text_in(project.assemble(archive("a.tar", "/")), "e") == "other");
}

TEST_CASE("members that would leave their folder, and devices, are refused (S17)") {
  Project project;
  const auto [name, entries, words] = GENERATE(table<std::string, std::vector<Entry>, std::string>({
      {"up", {file("../x")}, "member `../x`"},
      {"up in the middle", {file("a/../../x")}, "written outside"},
      {"absolute and up", {file("/../etc/passwd")}, "member `/../etc/passwd`"},
      {"hard link up", {link(Kind::hardlink, "h", "../../etc/passwd")}, "written outside"},
      {"hard link out", {link(Kind::hardlink, "h", "etc/passwd")}, "not included"},
      {"through a link", {link(Kind::symlink, "s", "/etc"), file("s/x")}, "symbolic link"},
      {"whiteout", {file(".wh.x")}, ".wh."},
  }));
  INFO(name);
  project.write_tar("a.tar", entries);
  CHECK_THAT(project.failure(archive("a.tar", "/opt")), Contains(words) && Contains("lapstrake.yaml:7:3"));
}

TEST_CASE("FIFOs in an archive are named, unless they are excluded") {
  Project project;
  project.run("mkfifo p && tar -cf a.tar p && rm p");
  auto from = archive("a.tar", "/");
  CHECK_THAT(project.failure(from), Contains("`p`") && Contains("exclude"));
  from.exclude = {"p"};
  CHECK(project.lines(from).empty());
}

TEST_CASE("the `/` at the front of names is left out with a note, as tar does") {
  Project project;
  project.write_tar("a.tar", {file("/srv/f", "x"), link(Kind::hardlink, "/srv/h", "/srv/f"), file("g")});
  CHECK(project.lines(archive("a.tar", "/opt")) == Strings{"opt d 0755 0:0", "opt/g f 0644 0:0", "opt/srv d 0755 0:0",
                                                           "opt/srv/f f 0644 0:0",
                                                           "opt/srv/h h 0644 0:0 -> opt/srv/f"});
  CHECK(project.notices == 1);
  auto stripped = archive("a.tar", "/opt");
  stripped.strip_components = 1;
  CHECK(project.lines(stripped) == Strings{"opt d 0755 0:0", "opt/f f 0644 0:0", "opt/h h 0644 0:0 -> opt/f"});
  project.write_tar("a.tar", {file("g")});
  project.lines(archive("a.tar", "/opt"));
  CHECK(project.notices == 2);
}

TEST_CASE("a sparse file has all of its zeros, those at its end as well") {
  Project project;
  project.run(
      "truncate -s 300K holes && printf data | dd of=holes bs=1 seek=100K conv=notrunc && tar -cSf a.tar holes");
  const auto text = text_in(project.assemble(archive("a.tar", "/")), "holes");
  CHECK(text.size() == 300 << 10);
  CHECK(text == std::string(100 << 10, '\0') + "data" + std::string((200 << 10) - 4, '\0'));
}

TEST_CASE("a sparse file without any data has its size, and the file behind it is whole") {
  const std::string format = GENERATE("gnu", "pax --sparse-version=1.0", "pax --sparse-version=0.1");
  Project project;
  project.run(cat("truncate -s 700K holes && printf behind > z && tar -cS --format=", format, " -f a.tar holes z"));
  const auto writer = project.assemble(archive("a.tar", "/"));
  CHECK(text_in(writer, "holes") == std::string(700 << 10, '\0'));
  CHECK(text_in(writer, "z") == "behind");
}

TEST_CASE("a small archive that would fill the disk ends at a limit (S16)", "[one thread]") {
  Project project;
  const std::string kind = GENERATE("sparse", "packed", "names");
  INFO(kind);
  if (kind == "sparse") project.run("truncate -s 600M holes && printf x >> holes && tar -cSf a.tar holes");
  if (kind == "packed") project.run("truncate -s 600M z && tar --zstd -cf a.tar z && rm z");
  if (kind == "names") {
    std::vector<Entry> entries;
    for (int i = 0; i < 20'000; ++i) entries.push_back(link(Kind::symlink, cat("l", i), std::string(4000, 't')));
    project.dir.write("project/a.tar", layer_of(entries, {.compression = {oci::Codec::gzip, {}}}).bytes);
  }
  try {
    project.assemble(archive("a.tar", "/"));
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::integrity);
    CHECK_THAT(report(error), Contains(kind == "names" ? "all names, link targets" : "unpacks to more than 51"));
  }
}

TEST_CASE("what is no archive, absent, outside or cut short is an error that names it") {
  Project project;
  project.dir.write("project/text", "hello, this is no archive at all");
  project.write_tar("a.tar", {file("f", std::string(5000, 'x'))});
  project.run("head -c 3000 a.tar > cut.tar; mkdir dir");
  const auto [from, words] = GENERATE(table<std::string, std::string>({{"text", "the archive `text`"},
                                                                       {"cut.tar", "the archive `cut.tar`"},
                                                                       {"a.tra", "did you mean `a.tar`?"},
                                                                       {"dir", "not a regular file"},
                                                                       {"../x.tar", "outside"}}));
  CHECK_THAT(project.failure(archive(from, "/")), Contains(words) && Contains("lapstrake.yaml:7:3"));
}

TEST_CASE("a zip without the end of its directory is cut short, though its members could be read") {
  Project project;
  project.run("python3 -c \"import zipfile; z = zipfile.ZipFile('a.zip', 'w'); z.writestr('f', 'text'); z.close()\"");
  CHECK(project.lines(archive("a.zip", "/")).size() == 1);
  project.run("truncate -s -12 a.zip");
  CHECK_THAT(project.failure(archive("a.zip", "/")), Contains("truncated"));
}

TEST_CASE("an archive's folders leave those of the base as they are") {
  Project project;
  project.below.add_layer(
      {folder("usr", 0711), folder("bin"), folder("usr/bin"), link(Kind::symlink, "sbin", "usr/bin")});
  project.write_tar("a.tar", {folder("usr", 0700), file("usr/x"), folder("sbin"), file("sbin/y")});
  CHECK(project.lines(archive("a.tar", "/")) == Strings{"usr/bin/y f 0644 0:0", "usr/x f 0644 0:0"});
}

TEST_CASE("nothing of an archive stays in the scratch folder") {
  Project project;
  project.write_tar("a.tar", {file("f", "x")});
  const auto entries = project.assemble(archive("a.tar", "/"));
  std::size_t names = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(project.dir.path())) ++names;
  CHECK(names == 1);  // the project
}
