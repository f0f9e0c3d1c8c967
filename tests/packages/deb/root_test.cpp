#include <lapstrake/packages/deb/database.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "deb_writer.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;
using layers::Entry;

namespace {

struct Installation {
  TempDir folder;
  layers::BaseFiles below;

  void base(const std::vector<DebFile>& files) {
    std::vector<Entry> entries;
    for (const auto& file : files) {
      Entry entry;
      entry.path = file.path;
      entry.kind = file.kind;
      entry.mode = file.mode;
      entry.target = file.target;
      entry.size = file.text.size();
      entry.content = file.text;
      entries.push_back(std::move(entry));
    }
    below.add_layer(entries);
  }
  Root root(const std::vector<DebText>& debs, Docs docs = Docs::drop) const {
    Root out(below);
    for (const auto& deb : debs) out.add(unpacked_deb(folder, deb), docs);
    return out;
  }
  std::vector<std::string> paths(const std::vector<DebText>& debs, Docs docs = Docs::drop) const {
    std::vector<std::string> out;
    for (const auto& entry : root(debs, docs).entries()) out.push_back(entry.path);
    return out;
  }
};

using Paths = std::vector<std::string>;
const DebFile sh{.path = "bin/sh", .text = "shell", .mode = 0755};

}  // namespace

TEST_CASE("files of bin/ are in usr/bin/, and the link exists without a base") {
  const Installation world;
  const auto root = world.root({{.files = {sh}}});
  CHECK(root.find("bin/sh")->path == "usr/bin/sh");
  CHECK(root.link_target("bin") == "usr/bin");
  CHECK(root.text("bin/sh") == "shell");
}

TEST_CASE("links of the base are followed, and a real folder of the base stays one") {
  Installation world;
  world.base({{.path = "usr/bin", .kind = layers::Kind::directory},
              {.path = "bin", .kind = layers::Kind::symlink, .target = "usr/bin"},
              {.path = "lib", .kind = layers::Kind::directory},
              {.path = "var/run", .kind = layers::Kind::symlink, .target = "/run"}});
  CHECK(world.paths({{.files = {{.path = "bin", .kind = layers::Kind::directory},
                                sh,
                                {.path = "lib/a"},
                                {.path = "var/run/b"}}}}) == Paths{"lib/a", "run/b", "usr/bin/sh"});
}

TEST_CASE("a file of two packages is an error, unless they are equal or one replaces the other") {
  const Installation world;
  const DebText a{.name = "a", .files = {{.path = "f", .text = "1"}}},
      same{.name = "b", .files = {{.path = "f", .text = "1"}}};
  DebText other{.name = "b", .files = {{.path = "f", .text = "2"}}};
  CHECK(world.root({a, same}).text("f") == "1");
  CHECK(failure_of([&] {
          world.root({a, other});
        }).summary() == "the packages `a` and `b` both have `/f`, with different content");
  other.fields = "Replaces: x, a (<< 2)\n";
  CHECK(world.root({a, other}).text("f") == "2");
  CHECK(world.root({other, a}).text("f") == "2");
}

TEST_CASE("documentation is left out, but not copyright files") {
  const Installation world;
  const std::vector<DebText> debs{{.files = {{.path = "usr/share/doc/a/copyright"},
                                             {.path = "usr/share/doc/a/README"},
                                             {.path = "usr/share/doc/b", .kind = layers::Kind::symlink, .target = "a"},
                                             {.path = "usr/share/man/man1/a.1.gz"},
                                             {.path = "usr/share/locale/de/a.mo"},
                                             {.path = "usr/share/locale/locale.alias"}}}};
  CHECK(world.paths(debs) == Paths{"usr/share/doc/a/copyright", "usr/share/doc/b", "usr/share/locale/locale.alias"});
  CHECK(world.paths(debs, Docs::keep).size() == 6);
}

TEST_CASE("what effects put replaces the file, and copies are files of their own") {
  const Installation world;
  auto root = world.root({{.files = {{.path = "etc/a", .text = "old", .mode = 0600, .uid = 5}}}});
  CHECK(root.copy("etc/a", "etc/b", "test"));
  CHECK(!root.copy("etc/none", "etc/c", "test"));
  root.put_file("etc/a", "new", {.mode = 0644}, "test");
  CHECK(root.text("etc/a") == "new");
  CHECK(root.text("etc/b") == "old");
  CHECK(root.find("etc/b")->uid == 5);
  CHECK(std::holds_alternative<std::string>(root.find("etc/b")->content));
  CHECK(root.names_in("etc") == Paths{"a", "b"});
}

TEST_CASE("loops of links are an error") {
  const Installation world;
  auto root = world.root({});
  root.put_symlink("a", "b", "test");
  root.put_symlink("b", "a", "test");
  CHECK(failure_of([&] { static_cast<void>(root.find("a/x")); }).kind() == ErrorKind::input);
}

TEST_CASE("a new image gets status.d; one with dpkg, or a base that has it, gets dpkg's status") {
  Installation world;
  const DebText tool{
      .fields = "Multi-Arch: same\n",
      .files = {{.path = "etc/tool.conf", .text = "x"}},
      .control = {{.path = "conffiles", .text = "/etc/tool.conf\n"}, {.path = "postinst", .text = "#!/bin/sh\n"}}};
  auto root = world.root({tool});
  const std::vector<Deb> debs{unpacked_deb(world.folder, tool)};
  CHECK(database_for(world.below, debs) == Database::status_d);
  CHECK(database_for(world.below, {unpacked_deb(world.folder, {.name = "dpkg"})}) == Database::status);
  add_database(root, world.below, debs, Database::status_d);
  CHECK(root.text("var/lib/dpkg/status.d/tool")->starts_with("Package: tool\nVersion: 1.0\n"));

  world.base({{.path = "var/lib/dpkg/status", .text = "Package: old\nStatus: install ok installed\nVersion: 1\n"}});
  auto upper = world.root({tool});
  CHECK(database_for(world.below, debs) == Database::status);
  add_database(upper, world.below, debs, Database::status);
  CHECK(*upper.text("var/lib/dpkg/status") ==
        "Package: old\nStatus: install ok installed\nVersion: 1\n\nPackage: tool\nStatus: install ok "
        "installed\nVersion: 1.0\n"
        "Architecture: amd64\nMulti-Arch: same\nConffiles:\n /etc/tool.conf "
        "9dd4e461268c8034f5c8564e155c67a6\nDescription: a package\n\n");
  CHECK(upper.text("var/lib/dpkg/info/tool:amd64.list") == "/.\n/etc/tool.conf\n");
  CHECK(!upper.exists("var/lib/dpkg/info/tool:amd64.postinst"));
}

TEST_CASE("the new paragraph replaces that of a removed package, but not that of another architecture") {
  const auto paragraph = [](std::string_view status, std::string_view architecture) {
    return cat("Package: tool\nStatus: ", status, "\nArchitecture: ", architecture, "\nVersion: 0.9\n");
  };
  Installation world;
  const auto foreign = paragraph("install ok installed", "i386");
  world.base(
      {{.path = "var/lib/dpkg/status", .text = cat(paragraph("deinstall ok config-files", "amd64"), "\n\n", foreign)}});
  auto root = world.root({{}});
  add_database(root, world.below, {unpacked_deb(world.folder, {})}, Database::status);
  const auto status = root.text("var/lib/dpkg/status").value();
  CHECK(status.starts_with(cat(foreign, "\nPackage: tool\nStatus: install ok installed\nVersion: 1.0\n")));
}
