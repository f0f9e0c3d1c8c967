#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

DebText fpm() {
  return {.name = "php8.2-fpm",
          .files = {{.path = "usr/lib/php/8.2/sapi/fpm"},
                    {.path = "usr/lib/php/8.2/php.ini-production", .text = "production"},
                    {.path = "usr/lib/php/20220829/ctype.so"}}};
}
const DebFile ctype{.path = "usr/share/php8.2-common/common/ctype.ini", .text = "extension=ctype.so\n"};
const DebFile opcache{.path = "usr/share/php8.2-opcache/opcache/opcache.ini",
                      .text = "; configuration\n; priority=05\nzend_extension=opcache.so\n"};

}  // namespace

TEST_CASE("modules are enabled for each SAPI, by their priority") {
  EffectWorld world;
  world.add(fpm(), " php-modules\n");
  world.add({.name = "php8.2-cli",
             .files = {{.path = "usr/lib/php/8.2/sapi/cli"},
                       {.path = "usr/lib/php/8.2/php.ini-production.cli", .text = "cli"}}});
  world.add({.name = "php8.2-common", .files = {ctype, opcache}});
  world.add({.name = "php-redis", .files = {{.path = "etc/php/8.2/mods-available/redis.ini", .text = "redis"}}});
  const auto root = world.root();
  CHECK(root.names_in("etc/php/8.2/fpm/conf.d") ==
        std::vector<std::string>{"05-opcache.ini", "20-ctype.ini", "20-redis.ini"});
  CHECK(root.names_in("etc/php/8.2/cli/conf.d") == root.names_in("etc/php/8.2/fpm/conf.d"));
  CHECK(shown(root, "etc/php/8.2/fpm/conf.d/20-ctype.ini") == "-> /etc/php/8.2/mods-available/ctype.ini");
  CHECK(root.text("etc/php/8.2/mods-available/ctype.ini") == "extension=ctype.so\n");
  CHECK(root.text("etc/php/8.2/fpm/php.ini") == "production");
  CHECK(root.text("etc/php/8.2/cli/php.ini") == "cli");
  CHECK(shown(root, "var/lib/php/modules/8.2/registry/redis") == "file 0644 0:0");
  CHECK(shown(root, "var/lib/php/modules/8.2/fpm/enabled_by_maint/ctype") == "file 0644 0:0");
}

TEST_CASE("a new SAPI gets the modules of the layers below, which may be disabled for others") {
  EffectWorld world;
  world.base({{.path = "usr/lib/php/php-helper"},
              {.path = "usr/lib/php/8.2/sapi/cli"},
              {.path = "etc/php/8.2/mods-available/opcache.ini", .text = "; priority=10\n"},
              {.path = "etc/php/8.2/mods-available/xdebug.ini"},
              {.path = "etc/php/8.2/cli/conf.d/10-opcache.ini", .kind = layers::Kind::symlink, .target = "x"}});
  world.add(fpm());
  const auto root = world.root();
  CHECK(root.names_in("etc/php/8.2/fpm/conf.d") == std::vector<std::string>{"10-opcache.ini", "20-xdebug.ini"});
  CHECK(shown(root, "etc/php/8.2/cli/conf.d/20-xdebug.ini") == "none");
}

TEST_CASE("a new module is enabled for the SAPIs of the layers below") {
  EffectWorld world;
  world.base({{.path = "usr/lib/php/php-helper"}, {.path = "usr/lib/php/8.2/sapi/fpm"}});
  world.add({.name = "php8.2-common", .files = {ctype}});
  CHECK(shown(world.root(), "etc/php/8.2/fpm/conf.d/20-ctype.ini") == "-> /etc/php/8.2/mods-available/ctype.ini");
}
