#include <dpkg_triggers.hpp>

#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

TEST_CASE("dpkg knows the packages that wait for triggers") {
  EffectWorld world;
  world.base({{.path = "var/lib/dpkg/triggers/ldconfig", .text = "libc-bin\n"}});
  world.add(
      {.name = "man-db", .control = {{.path = "triggers", .text = "# folders\ninterest-noawait /usr/share/man\n"}}});
  world.add({.name = "tool",
             .fields = "Multi-Arch: same\n",
             .control = {{.path = "triggers",
                          .text = "interest /usr/share/man\ninterest-await ldconfig\nactivate-noawait x\n"
                                  "interest ../File\ninterest File\n"}}});
  auto root = world.unpacked();
  add_triggers(root, world.packages);
  CHECK(root.text("var/lib/dpkg/triggers/File") == "/usr/share/man man-db/noawait\n/usr/share/man tool:amd64\n");
  CHECK(root.text("var/lib/dpkg/triggers/ldconfig") == "libc-bin\ntool:amd64\n");
  CHECK(root.names_in("var/lib/dpkg/triggers") == std::vector<std::string>{"File", "ldconfig"});
}
