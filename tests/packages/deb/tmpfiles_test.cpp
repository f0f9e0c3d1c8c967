#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

struct TmpfilesWorld : EffectWorld {
  explicit TmpfilesWorld(const std::string& lines, std::vector<DebFile> files = {}) {
    base({{.path = "etc/passwd", .text = "www-data:x:33:34::/:/bin/sh\n"},
          {.path = "etc/group", .text = "www-data:x:33:\n"}});
    files.push_back({.path = "usr/lib/tmpfiles.d/tool.conf", .text = lines});
    add({.name = "tool", .files = std::move(files)});
  }
};

}  // namespace

TEST_CASE("tmpfiles.d creates folders with modes and owners, also in /run") {
  TmpfilesWorld world("#Type Path Mode User Group Age\nd /run/php 2755 www-data www-data - -\nD /var/cache/x\n");
  const auto root = world.root();
  CHECK(shown(root, "run/php") == "folder 2755 33:33");
  CHECK(shown(root, "var/cache/x") == "folder 0755 0:0");
  CHECK(world.notes.empty());
}

TEST_CASE("tmpfiles.d creates files, links and copies") {
  TmpfilesWorld world(
      "f /etc/a 0600 - - - text with  100%%\nf /etc/kept - - - - new\nf+ /etc/replaced - - - - new\n"
      "L /etc/link - - - - ../run/x\nL /etc/factory\nC /etc/copied - - - - /usr/share/x\n"
      "z /etc/kept 0640 - www-data\n",
      {{.path = "etc/kept", .text = "old"},
       {.path = "etc/replaced", .text = "old"},
       {.path = "usr/share/x/inner", .text = "x"}});
  const auto root = world.root();
  CHECK(root.text("etc/a") == "text");
  CHECK(root.text("etc/kept") == "old");
  CHECK(shown(root, "etc/kept") == "file 0640 0:33");
  CHECK(root.text("etc/replaced") == "new");
  CHECK(shown(root, "etc/link") == "-> ../run/x");
  CHECK(shown(root, "etc/factory") == "-> /usr/share/factory/etc/factory");
  CHECK(root.text("etc/copied/inner") == "x");
}

TEST_CASE("lines for a running system are skipped") {
  TmpfilesWorld world(
      "d! /run/boot\nx /tmp/*\nR /var/x\nq /var/q 0700\ne /srv\nD! /tmp/.X11-unix 1777 root root 10d\n");
  const auto root = world.root();
  CHECK(shown(root, "run/boot") == "none");
  CHECK(shown(root, "var/q") == "folder 0700 0:0");
  CHECK(world.notes.empty());
}

TEST_CASE("lines that cannot be applied are in a note") {
  TmpfilesWorld world("d /run/%m\nd /run/*\np /run/fifo\nd /run/x 0755 nobody nobody\nd /run/y 099\nf\n");
  world.root();
  CHECK(world.notes ==
        std::vector<std::string>{"`/usr/lib/tmpfiles.d/tool.conf`: 6 lines not applied, such as `d /run/%m`"});
}

TEST_CASE("a file in etc/tmpfiles.d replaces one in usr/lib/tmpfiles.d") {
  TmpfilesWorld world("d /run/a\n", {{.path = "etc/tmpfiles.d/tool.conf", .text = "d /run/b\n"}});
  const auto root = world.root();
  CHECK(shown(root, "run/a") == "none");
  CHECK(shown(root, "run/b") == "folder 0755 0:0");
}
