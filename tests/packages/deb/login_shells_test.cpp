#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

const DebFile merged{.path = "bin", .kind = layers::Kind::symlink, .target = "usr/bin"};
DebText debianutils() {
  return {.name = "debianutils",
          .files = {{.path = "usr/share/debianutils/shells", .text = "# /etc/shells: valid login shells\n/bin/sh\n"},
                    {.path = "usr/share/debianutils/shells.d/bash", .text = "/bin/bash # a comment\n"}}};
}

}  // namespace

TEST_CASE("/etc/shells has the shells of all packages, also at their real paths") {
  EffectWorld world;
  world.base({merged});
  world.add(debianutils(), " update-shells\n");
  world.effects(" shell /usr/bin/screen\n shell /bin/sh\n");
  const auto root = world.root();
  CHECK(root.text("etc/shells") ==
        "# /etc/shells: valid login shells\n/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/usr/bin/screen\n");
  CHECK(root.text("var/lib/shells.state") == "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n");
}

TEST_CASE("shells are added to the file of a lower layer") {
  EffectWorld world;
  world.base({{.path = "etc/shells", .text = "/bin/sh"}});
  world.add({.name = "zsh", .files = {{.path = "usr/share/debianutils/shells.d/zsh", .text = "/usr/bin/zsh\n"}}});
  CHECK(world.root().text("etc/shells") == "/bin/sh\n/usr/bin/zsh\n");
}

TEST_CASE("without shells there is no /etc/shells") {
  EffectWorld world;
  world.effects(" file /etc/x 0644 root:root x\n");
  CHECK(world.root().find("etc/shells") == nullptr);
}
