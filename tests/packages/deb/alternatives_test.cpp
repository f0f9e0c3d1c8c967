#include <support/failure.hpp>

#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

const DebFile mawk{.path = "usr/bin/mawk"}, gawk{.path = "usr/bin/gawk"}, page{.path = "usr/share/man/mawk.1"};
const std::string mawk_line =
    " alternative /usr/bin/awk awk /usr/bin/mawk 5 slave /usr/share/man/awk.1 awk.1 /usr/share/man/mawk.1 slave "
    "/usr/bin/nawk nawk /usr/bin/mawk\n";
const std::string gawk_line = " alternative /usr/bin/awk awk /usr/bin/gawk 10 slave /usr/bin/nawk nawk /usr/bin/gawk\n";

}  // namespace

TEST_CASE("an alternative has a link to /etc/alternatives, and its slaves too") {
  EffectWorld world;
  world.add({.name = "mawk", .files = {mawk, page}}, mawk_line);
  const auto root = world.root();
  CHECK(shown(root, "usr/bin/awk") == "-> /etc/alternatives/awk");
  CHECK(shown(root, "etc/alternatives/awk") == "-> /usr/bin/mawk");
  CHECK(shown(root, "usr/bin/nawk") == "-> /etc/alternatives/nawk");
  CHECK(shown(root, "usr/share/man/awk.1") == "-> /etc/alternatives/awk.1");
  CHECK(shown(root, "var/lib/dpkg/alternatives/awk") == "none");
}

TEST_CASE("the highest priority wins, whatever the order, and its slaves alone are linked") {
  EffectWorld world;
  world.add({.name = "mawk", .files = {mawk, page}}, mawk_line);
  world.add({.name = "gawk", .files = {gawk}}, gawk_line);
  const auto root = world.root();
  CHECK(shown(root, "etc/alternatives/awk") == "-> /usr/bin/gawk");
  CHECK(shown(root, "etc/alternatives/nawk") == "-> /usr/bin/gawk");
  CHECK(shown(root, "usr/share/man/awk.1") == "none");
}

TEST_CASE("equal priorities: the first path wins") {
  EffectWorld world;
  world.add({.name = "b", .files = {{.path = "b"}}}, " alternative /x x /b 1\n");
  world.add({.name = "a", .files = {{.path = "a"}}}, " alternative /x x /a 1\n");
  CHECK(shown(world.root(), "etc/alternatives/x") == "-> /a");
}

TEST_CASE("choices and slaves that are missing are left out, and files stay") {
  EffectWorld world;
  world.add({.name = "mawk", .files = {mawk, {.path = "usr/bin/nawk"}}}, mawk_line);
  world.effects(gawk_line);
  const auto root = world.root();
  CHECK(shown(root, "etc/alternatives/awk") == "-> /usr/bin/mawk");
  CHECK(shown(root, "etc/alternatives/awk.1") == "none");
  CHECK(shown(root, "usr/bin/nawk") == "file 0644 0:0");
}

TEST_CASE("with dpkg, its records of alternatives are written") {
  EffectWorld world;
  world.add({.name = "dpkg"});
  world.add({.name = "mawk", .files = {mawk, page}}, mawk_line);
  world.add({.name = "gawk", .files = {gawk}}, gawk_line);
  CHECK(world.root().text("var/lib/dpkg/alternatives/awk") ==
        "auto\n/usr/bin/awk\nawk.1\n/usr/share/man/awk.1\nnawk\n/usr/bin/nawk\n\n"
        "/usr/bin/gawk\n10\n\n/usr/bin/gawk\n/usr/bin/mawk\n5\n/usr/share/man/mawk.1\n/usr/bin/mawk\n\n");
}

TEST_CASE("records of a lower layer are continued") {
  const std::string status = GENERATE("auto", "manual");
  EffectWorld world;
  world.base({{.path = "etc/alternatives/awk", .kind = layers::Kind::symlink, .target = "/usr/bin/mawk"},
              {.path = "var/lib/dpkg/alternatives/awk",
               .text = status + "\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/mawk\n5\n/usr/bin/mawk\n\n"}});
  world.add({.name = "gawk", .files = {gawk}}, gawk_line);
  const auto root = world.root();
  CHECK(root.text("var/lib/dpkg/alternatives/awk") == status +
                                                          "\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/gawk\n10\n/"
                                                          "usr/bin/gawk\n/usr/bin/mawk\n5\n/usr/bin/mawk\n\n");
  CHECK(shown(root, "etc/alternatives/awk") == (status == "auto" ? "-> /usr/bin/gawk" : "none"));
  CHECK(world.notes.empty());
}

TEST_CASE("what a lower layer has chosen stays, with a note") {
  EffectWorld world;
  world.base({{.path = "etc/alternatives/awk", .kind = layers::Kind::symlink, .target = "/usr/bin/original-awk"}});
  world.add({.name = "mawk", .files = {mawk}}, mawk_line);
  CHECK(shown(world.root(), "usr/bin/awk") == "none");
  CHECK(world.notes == std::vector<std::string>{
                           "the alternative `awk` stays `/usr/bin/original-awk`, which a lower layer has chosen"});
}

TEST_CASE("names of alternatives are file names") {
  EffectWorld world;
  world.add({.files = {mawk}}, " alternative /usr/bin/awk ../awk /usr/bin/mawk 5\n");
  CHECK(failure_of([&] { world.root(); }).kind() == ErrorKind::integrity);
}
