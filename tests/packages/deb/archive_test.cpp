#include <lapstrake/packages/deb/archive.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "deb_writer.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;

namespace {

Error refusal(const std::string& bytes, const deb::ExpectedDeb& expected = {}) {
  const TempDir folder;
  auto error = failure_of([&] { unpacked(folder, bytes, expected); });
  CHECK(error.kind() == ErrorKind::integrity);
  return error;
}

std::string refusal_of_file(const DebFile& file) { return refusal(deb_of({.files = {file}})).summary(); }

}  // namespace

TEST_CASE("a .deb is unpacked with its attributes, and with its control files") {
  const TempDir folder;
  const auto archive =
      unpacked(folder, deb_of({.files = {{.path = "usr/bin", .kind = layers::Kind::directory, .mode = 0755},
                                         {.path = "usr/bin/a", .text = "program", .mode = 04755, .uid = 1, .gid = 2},
                                         {.path = "usr/bin/b", .kind = layers::Kind::hardlink, .target = "usr/bin/a"},
                                         {.path = "usr/bin/c", .kind = layers::Kind::symlink, .target = "/etc/../a"}},
                               .control = {{.path = "postinst", .text = "#!/bin/sh\n", .mode = 0755}}}));
  const auto* a = archive.find("data/usr/bin/a");
  REQUIRE(a != nullptr);
  CHECK(archive.text(*a) == "program");
  CHECK(a->mode == 04755);
  CHECK(a->gid == 2);
  CHECK(archive.find("data/usr/bin/b")->target == "data/usr/bin/a");
  CHECK(archive.find("data/usr/bin/c")->target == "/etc/../a");
  CHECK(archive.text(*archive.find("control/postinst")) == "#!/bin/sh\n");
}

TEST_CASE("names are bytes, whatever the locale") {
  const TempDir folder;
  const std::string name = "usr/share/F\xc5\x91tan\xc3\xbas\xc3\xadtv\xc3\xa1ny.crt";
  CHECK(unpacked(folder, deb_of({.files = {{.path = name, .text = "x"}}})).find("data/" + name) != nullptr);
}

TEST_CASE("the control file is read without the data") {
  auto bytes = deb_of({.name = "nginx"});
  bytes.resize(bytes.size() - 500);
  CHECK(deb::control_of(source_of(bytes), "x") == control_text_of({.name = "nginx"}));
}

TEST_CASE("a .deb that is another package is refused") {
  CHECK(refusal(deb_of({}), {.package = "other"}).reason() == "its Package is `tool` instead of `other`");
  CHECK(refusal(deb_of({}), {.version = "2"}).reason() == "its Version is `1.0` instead of `2`");
  CHECK(refusal(deb_of({}), {.architecture = "arm64"}).reason() == "its Architecture is `amd64` instead of `arm64`");
}

TEST_CASE("paths that leave the root, and entries that layers cannot have, are refused") {
  CHECK(refusal_of_file({.path = "/etc/passwd"}) == "`/etc/passwd` in the package has an absolute path");
  CHECK(refusal_of_file({.path = "a/../../b"}) == "`a/../../b` in the package contains `..`");
  CHECK(refusal_of_file({.path = "a", .kind = layers::Kind::hardlink, .target = "b"}) ==
        "`a` in the package is a hard link to `b`, which the package lacks");
  const std::vector<DebFile> below_link{{.path = "a", .kind = layers::Kind::symlink, .target = "/etc"},
                                        {.path = "a/b"}};
  CHECK(refusal(deb_of({.files = below_link})).summary() == "`a/b` in the package lies in `a`, which is not a folder");
}

TEST_CASE("damaged archives are refused") {
  const auto good = deb_of({.files = {{.path = "a", .text = std::string(5000, 'x')}}});
  const auto reason = [](const std::string& bytes) { return refusal(bytes).reason(); };
  CHECK(reason("") == "it does not begin with `!<arch>`");
  CHECK(reason(good.substr(0, 30)) == "it is truncated, or a member has no valid header");
  CHECK(reason(good.substr(0, good.size() - 3000)) == "it is truncated");
  CHECK(reason(ar_of({{"debian-binary", "3.0\n"}})) == "its format is 3.0, not 2");
  CHECK(reason(ar_of({{"debian-binary", "2.0\n"}, {"data.tar", tar_of({})}})) ==
        "it has the member `data.tar` instead of `control.tar`");
  CHECK(reason(ar_of({{"debian-binary", "2.0\n"}})) == "it has no member `control.tar`");
  CHECK(reason(ar_of({{"debian-binary", "2.0\n"}, {"control.tar", tar_of({{.path = "other"}})}})) ==
        "it has no `control` file");
  CHECK(reason(ar_of({{"debian-binary", "2.0\n"}, {"control.tar.lzma", ""}})) ==
        "it has the member `control.tar.lzma` instead of `control.tar`");
}
