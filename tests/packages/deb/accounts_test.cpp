#include <support/failure.hpp>

#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

const DebText base_passwd{
    .name = "base-passwd",
    .files = {{.path = "usr/share/base-passwd/passwd.master",
               .text = "root:*:0:0:root:/root:/bin/bash\nwww-data:*:33:33:www-data:/var/www:/usr/sbin/nologin\n"},
              {.path = "usr/share/base-passwd/group.master",
               .text = "root:*:0:\nadm:*:4:\nshadow:*:42:\nusers:*:100:\nwww-data:*:33:\nnogroup:*:65534:\n"}}};
const std::string redis = " group redis auto\n user redis auto redis /var/lib/redis /usr/sbin/nologin\n";

DebText with_sysusers(const std::string& lines) {
  return {.name = "service", .files = {{.path = "usr/lib/sysusers.d/service.conf", .text = lines}}};
}

}  // namespace

TEST_CASE("base-passwd's accounts become those of the image") {
  EffectWorld world;
  world.add(base_passwd, " passwd-from-master\n");
  const auto root = world.root();
  CHECK(root.text("etc/passwd") ==
        "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n");
  CHECK(root.text("etc/group") ==
        "root:x:0:\nadm:x:4:\nshadow:x:42:\nusers:x:100:\nwww-data:x:33:\nnogroup:x:65534:\n");
  CHECK(root.find("etc/shadow") == nullptr);
}

TEST_CASE("a user with a group of its own has the lowest number that is free for both") {
  EffectWorld world;
  world.add(base_passwd, " passwd-from-master\n");
  world.effects(redis);
  CHECK(world.accounts() == Accounts{{"redis", {101, 101}}});  // the group `users` has 100
  const auto root = world.root();
  CHECK(root.text("etc/passwd")->ends_with("redis:x:101:101::/var/lib/redis:/usr/sbin/nologin\n"));
  CHECK(root.text("etc/group")->ends_with("redis:x:101:\n"));
}

TEST_CASE("numbers go to names in their order, whatever the order of packages") {
  EffectWorld one, other;
  one.effects(" user b auto nogroup / /bin/sh\n");
  one.effects(" user a auto nogroup / /bin/sh\n group c auto\n");
  other.effects(" user a auto nogroup / /bin/sh\n group c auto\n");
  other.effects(" user b auto nogroup / /bin/sh\n");
  CHECK(one.accounts() == Accounts{{"a", {100, 65534}}, {"b", {101, 65534}}, {"group c", {100, 100}}});
  CHECK(other.accounts() == one.accounts());
}

TEST_CASE("numbers of the lock stay, unless the layers below use them") {
  EffectWorld world;
  world.effects(redis);
  CHECK(world.accounts({{"redis", {107, 110}}}) == Accounts{{"redis", {107, 110}}});
  world.base({{.path = "etc/passwd", .text = "other:x:107:107::/:/bin/sh\n"}});
  CHECK(world.accounts({{"redis", {107, 110}}}) == Accounts{{"redis", {100, 100}}});
}

TEST_CASE("accounts of the layers below stay as they are") {
  EffectWorld world;
  world.base({{.path = "etc/passwd", .text = "redis:x:500:501:mine:/:/bin/sh\nodd line\n"},
              {.path = "etc/group", .text = "redis:x:501:\nadm:x:4:one"}});
  world.effects(redis + " member redis adm\n");
  CHECK(world.accounts().empty());
  const auto root = world.root();
  CHECK(root.find("etc/passwd") == nullptr);
  CHECK(root.text("etc/group") == "redis:x:501:\nadm:x:4:one,redis\n");
}

TEST_CASE("sysusers.d declares users, groups and members") {
  EffectWorld world;
  world.add(base_passwd, " passwd-from-master\n");
  world.add(
      with_sysusers("# a comment\n"
                    "u _daemon - \"A service: of ours\" /var/lib/service /bin/sh\n"
                    "u fixed 310:adm - -\ng keys 320\ng free\nm _daemon keys\nr - 500-900\nu %m -\n"));
  const auto failure = failure_of([&] { world.root(); });
  CHECK(failure.summary() ==
        "the account `_daemon` of a package has `A service: of ours`, which is not valid in /etc/passwd");
  world.packages.pop_back();
  world.add(
      with_sysusers("u _daemon - \"A service\" /var/lib/service /bin/sh\n"
                    "u fixed 310:adm - -\ng keys 320\ng free\nm _daemon keys\nr - 500-900\nu %m -\n"));
  const auto root = world.root();
  CHECK(root.text("etc/passwd")
            ->ends_with("_daemon:x:101:101:A service:/var/lib/service:/bin/sh\n"
                        "fixed:x:310:4::/:/usr/sbin/nologin\n"));
  CHECK(root.text("etc/group")->ends_with("_daemon:x:101:\nkeys:x:320:_daemon\nfree:x:102:\n"));
}

TEST_CASE("shadow files lock each account as the tool that creates it") {
  EffectWorld world;
  world.add(base_passwd, " passwd-from-master\n shadow\n");
  world.effects(redis);
  world.add(with_sysusers("u service -\n"));
  const auto root = world.root();
  CHECK(root.text("etc/shadow") ==
        "root:*::0:99999:7:::\nwww-data:*::0:99999:7:::\nredis:!:::::::\nservice:!*:::::::\n");
  CHECK(root.text("etc/gshadow")->ends_with("nogroup:*::\nredis:!::\nservice:!*::\n"));
  CHECK(shown(root, "etc/shadow") == "file 0640 0:42");
}

TEST_CASE("shadow files of a lower layer are extended") {
  EffectWorld world;
  world.base({{.path = "etc/passwd", .text = "root:x:0:0::/root:/bin/sh\n"},
              {.path = "etc/group", .text = "adm:x:4:\n"},
              {.path = "etc/shadow", .text = "root:$y$secret:1::::::\n"},
              {.path = "etc/gshadow", .text = "adm:*::one"}});
  world.effects(redis + " member redis adm\n");
  const auto root = world.root();
  CHECK(root.text("etc/shadow") == "root:$y$secret:1::::::\nredis:!:::::::\n");
  CHECK(root.text("etc/gshadow") == "adm:*::one,redis\nredis:!::\n");
}

TEST_CASE("two accounts cannot have one number") {
  EffectWorld world;
  world.base({{.path = "etc/passwd", .text = "mine:x:310:310::/:/bin/sh\n"}});
  world.effects(" user fixed 310 nogroup / /bin/sh\n");
  const auto failure = failure_of([&] { world.root(); });
  CHECK(failure.kind() == ErrorKind::usage);
  CHECK(failure.summary() == "the packages need the number 310 for the user `fixed`, but the user `mine` has it");
}

TEST_CASE("an account without a number in the lock is an error") {
  EffectWorld world;
  world.effects(redis);
  auto root = world.unpacked();
  const auto failure = failure_of([&] { apply_effects(root, world.packages, world.table, {}); });
  CHECK(failure.summary() == "the lock has no number for the group `redis`");
  CHECK(failure.help() == "write it again with `lapstrake lock`");
}

TEST_CASE("names that /etc/passwd cannot have are refused") {
  const std::string name = GENERATE("a:b", "-a", "a/b", "a\x01");
  EffectWorld world;
  world.effects(cat(" group ", name, " auto\n"));
  CHECK(failure_of([&] { world.root(); }).kind() == ErrorKind::integrity);
}

TEST_CASE("packages cannot create any number of accounts") {
  EffectWorld world;
  std::string lines;
  for (int i = 0; i <= 1000; ++i) lines += cat("g group", i, " ", 2000 + i, "\n");
  world.add(with_sysusers(lines));
  CHECK(failure_of([&] { world.root(); }).summary() == "packages create more than 1000 accounts");
  world.packages.clear();
  lines.clear();
  for (int i = 0; i < 901; ++i) lines += cat("g group", i, "\n");
  world.add(with_sysusers(lines));
  CHECK(failure_of([&] { world.root(); }).summary().starts_with("no number from 100 to 999 is left"));
}
