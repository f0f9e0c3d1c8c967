#include <support/failure.hpp>

#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

TEST_CASE("folders, files and links are created unless they exist") {
  EffectWorld world;
  world.base({{.path = "etc/group", .text = "adm:x:4:\n"}, {.path = "srv", .kind = layers::Kind::directory}});
  world.effects(
      " directory /var/log/tool 0750 root:adm\n directory /srv 0700 root:root\n"
      " file etc/tool.conf 0640 33:adm a\\nb \\\\ c\\td\n file /etc/group 0644 root:root x\n"
      " symlink /etc/link ../target\n symlink /srv /other\n");
  const auto root = world.root();
  CHECK(shown(root, "var/log/tool") == "folder 0750 0:4");
  CHECK(shown(root, "srv") == "none");
  CHECK(shown(root, "etc/tool.conf") == "file 0640 33:4");
  CHECK(root.text("etc/tool.conf") == "a\nb \\ c\td");
  CHECK(root.text("etc/group") == "adm:x:4:\n");
  CHECK(shown(root, "etc/link") == "-> ../target");
}

TEST_CASE("copies keep the attributes, and folders their content") {
  EffectWorld world;
  world.add({.name = "tool",
             .files = {{.path = "usr/share/tool/a", .text = "A", .mode = 0600, .gid = 7},
                       {.path = "usr/share/tool/inner/b", .text = "B"},
                       {.path = "usr/share/tool/link", .kind = layers::Kind::symlink, .target = "a"}}},
            " copy /usr/share/tool/a /etc/tool/a\n copy /usr/share/tool /srv/tool\n copy /no/file /etc/none\n"
            " copy /usr/share/tool/link /etc/link\n");
  const auto root = world.root();
  CHECK(shown(root, "etc/tool/a") == "file 0600 0:7");
  CHECK(root.text("srv/tool/inner/b") == "B");
  CHECK(shown(root, "srv/tool/link") == "-> a");
  CHECK(root.text("etc/link") == "A");
  CHECK(shown(root, "etc/none") == "none");
}

TEST_CASE("files of a folder are joined in the order of their names") {
  EffectWorld world;
  world.add({.files = {{.path = "etc/d/b.conf", .text = "2\n"},
                       {.path = "etc/d/a.conf", .text = "1\n"},
                       {.path = "etc/d/c.txt", .text = "3\n"}}},
            " concatenate /var/lib/all /etc/d *.conf\n");
  CHECK(world.root().text("var/lib/all") == "1\n2\n");
}

TEST_CASE("modules are enabled by relative links, and another package can remove one") {
  EffectWorld world;
  world.add({.name = "web",
             .files = {{.path = "etc/web/mods-available/dir.load"},
                       {.path = "etc/web/mods-available/dir.conf"},
                       {.path = "etc/web/mods-available/event.load"},
                       {.path = "etc/web/mods-available/other.load"}}},
            " link-all /etc/web/mods-available /etc/web/mods-enabled dir.* event.load\n");
  world.effects(" remove-link /etc/web/mods-enabled/event.load\n remove-link /etc/web/mods-available/dir.load\n");
  const auto root = world.root();
  CHECK(shown(root, "etc/web/mods-enabled/dir.load") == "-> ../mods-available/dir.load");
  CHECK(shown(root, "etc/web/mods-enabled/dir.conf") == "-> ../mods-available/dir.conf");
  CHECK(shown(root, "etc/web/mods-enabled/event.load") == "none");
  CHECK(shown(root, "etc/web/mods-enabled/other.load") == "none");
  CHECK(shown(root, "etc/web/mods-available/dir.load") == "file 0644 0:0");
}

TEST_CASE("attributes change the mode, the owner, the group, or all of them, also through links") {
  EffectWorld world;
  world.base({{.path = "etc/group", .text = "adm:x:4:\n"}});
  world.add({.files = {{.path = "var/a", .uid = 1, .gid = 2},
                       {.path = "var/b", .uid = 1, .gid = 2},
                       {.path = "var/c", .uid = 1, .gid = 2},
                       {.path = "link", .kind = layers::Kind::symlink, .target = "var/c"}}},
            " attributes /var/a 4755 -\n attributes /var/b - :adm\n attributes /link 0600 root\n"
            " attributes /missing 0600 root\n");
  const auto root = world.root();
  CHECK(shown(root, "var/a") == "file 4755 1:2");
  CHECK(shown(root, "var/b") == "file 0644 1:4");
  CHECK(shown(root, "var/c") == "file 0600 0:2");
  CHECK(shown(root, "missing") == "none");
}

TEST_CASE("an unknown owner is root, with a note") {
  EffectWorld world;
  world.effects(" directory /var/log/tool 0750 nobody:adm\n");
  CHECK(shown(world.root(), "var/log/tool") == "folder 0750 0:0");
  CHECK(world.notes ==
        std::vector<std::string>{
            "`/var/log/tool` keeps its owner: the image lacks `nobody:adm`, which the package `tool0` uses"});
}

TEST_CASE("a folder becomes a link, and its content moves") {
  EffectWorld world;
  world.add({.files = {{.path = "var/mail/box", .text = "mail"},
                       {.path = "var/mail/inner", .kind = layers::Kind::directory, .mode = 0700}}},
            " alias /var/mail /var/spool/mail\n");
  const auto root = world.root();
  CHECK(shown(root, "var/mail") == "-> /var/spool/mail");
  CHECK(root.text("var/spool/mail/box") == "mail");
  CHECK(shown(root, "var/spool/mail/inner") == "folder 0700 0:0");
}

TEST_CASE("paths of effects never lead out of the root") {
  EffectWorld world;
  world.effects(" file /../../etc/a 0644 root:root a\n symlink /.. /x\n directory / 0700 33:33\n");
  const auto root = world.root();
  CHECK(root.text("etc/a") == "a");
  for (const auto& entry : world.root().entries()) CHECK(entry.path.starts_with("etc"));
}

TEST_CASE("an unknown verb and missing words are mistakes of the table") {
  EffectWorld world;
  world.effects(GENERATE(" frob /a\n", " directory /a 0755\n", " copy /a\n"));
  CHECK(failure_of([&] { world.root(); }).kind() == ErrorKind::internal);
}

TEST_CASE("the effects do not depend on the order of packages") {
  EffectWorld one, other;
  const std::string a = " file /etc/x 0644 root:root a\n", b = " file /etc/x 0644 root:root b\n";
  one.add({.name = "a"}, a), one.add({.name = "b"}, b);
  other.add({.name = "b"}, b), other.add({.name = "a"}, a);
  CHECK(one.root().text("etc/x") == "a");
  CHECK(other.root().text("etc/x") == "a");
}
