#include <lapstrake/base/error.hpp>
#include <lapstrake/layers/assemble.hpp>

#include "layers/entries.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

const Position here{"lapstrake.yaml", 5, 3};

oci::User user(std::string name, std::uint32_t uid, std::uint32_t gid) {
  return {.name = std::move(name), .uid = uid, .gid = gid, .comment = {}, .where = here};
}
oci::Group group(std::string name, std::uint32_t gid, std::vector<std::string> members = {}) {
  return {.name = std::move(name), .gid = gid, .members = std::move(members), .where = here};
}

BaseFiles debian() {
  BaseFiles base;
  Entry passwd =
      file("etc/passwd",
           "root:x:0:0:root:/root:/bin/bash\n+@netgroup\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin");
  passwd.mode = 0640, passwd.gid = 42;
  base.add_layer({folder("etc"), passwd, file("etc/group", "root:x:0:\nadm:x:4:syslog\nwww-data:x:33:\n")});
  return base;
}

AccountTable::Ids ids(const AccountTable& table, std::string user, std::optional<std::string> group = {}) {
  return table.look_up({std::move(user), group.value_or("0"), group.has_value()}, here);
}

std::string failure(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return report(error);
  }
  return "no failure";
}

}  // namespace

TEST_CASE("owners are looked up in the base and in what the spec lays over it") {
  const AccountTable table({{user("app", 1000, 4)}, {group("web", 80)}}, debian());
  const auto check = [&](AccountTable::Ids got, std::uint32_t uid, std::uint32_t gid) {
    CHECK(got.uid == uid);
    CHECK(got.gid == gid);
  };
  check(ids(table, "33"), 33, 33);
  check(ids(table, "33", "0"), 33, 0);
  check(ids(table, "www-data"), 33, 33);
  check(ids(table, "app"), 1000, 4);
  check(ids(table, "app", "web"), 1000, 80);
  check(ids(table, "7", "adm"), 7, 4);
  check(ids(table, "4294967294"), 4294967294u, 4294967294u);
}

TEST_CASE("an unknown name is an error with the nearest one") {
  const AccountTable table({}, debian());
  CHECK_THAT(failure([&] { ids(table, "www-dta"); }),
             Contains("no user `www-dta`") && Contains("`www-data`") && Contains("lapstrake.yaml:5:3"));
  CHECK_THAT(failure([&] { ids(table, "0", "amd"); }), Contains("no group `amd`") && Contains("`adm`"));
  CHECK_THAT(failure([&] { ids(table, "4294967295"); }), Contains("4294967295"));
  CHECK_THAT(failure([&] { ids(table, "-1"); }), Contains("-1"));
  CHECK_THAT(failure([&] { ids(table, "nobody", "x"); }), Contains("under `users:`"));
}

TEST_CASE("passwd and group are merged: lines of one name replaced, new ones at the end, others untouched") {
  const auto base = debian();
  const AccountTable table(
      {{user("app", 1000, 1000), user("www-data", 34, 35)}, {group("adm", 5, {"app", "root"}), group("app", 1000)}},
      base);
  const auto entries = table.entries(base);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].path == "etc/group");
  CHECK(std::get<std::string>(entries[0].content) == "root:x:0:\nadm:x:5:app,root\nwww-data:x:33:\napp:x:1000:\n");
  CHECK(std::get<std::string>(entries[1].content) ==
        "root:x:0:0:root:/root:/bin/bash\n+@netgroup\nwww-data:x:34:35::/:/usr/sbin/nologin\napp:x:1000:1000::/:/usr/"
        "sbin/nologin\n");
  CHECK(entries[1].mode == 0640);
  CHECK(entries[1].gid == 42);
  CHECK(entries[0].mode == 0644);
}

TEST_CASE("without a base the files are made, and their folder") {
  const BaseFiles scratch;
  const auto entries = AccountTable({{user("app", 1, 1)}, {}}, scratch).entries(scratch);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].path == "etc");
  CHECK(entries[0].mode == 0755);
  CHECK(entries[1].path == "etc/passwd");
  CHECK(std::get<std::string>(entries[1].content) == "app:x:1:1::/:/usr/sbin/nologin\n");
  CHECK(AccountTable({}, scratch).entries(scratch).empty());
}

TEST_CASE("a base whose passwd is a link has it written where the link leads") {
  BaseFiles base;
  base.add_layer({folder("etc"), link(Kind::symlink, "etc/passwd", "../run/passwd"), folder("run"),
                  file("run/passwd", "a:x:1:1:::\n")});
  const auto entries = AccountTable({{user("b", 2, 2)}, {}}, base).entries(base);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].path == "run/passwd");
  CHECK_THAT(std::get<std::string>(entries[0].content), Contains("a:x:1:1:::\nb:x:2:2:"));
}

TEST_CASE("accounts that clash or cannot be are errors") {
  const BaseFiles scratch;
  const auto told = [&](oci::Accounts accounts) { return failure([&] { AccountTable(accounts, scratch); }); };
  CHECK_THAT(told({{user("a", 1, 1), user("a", 2, 2)}, {}}), Contains("duplicate user `a`"));
  CHECK_THAT(told({{user("a", 1, 1), user("b", 1, 2)}, {}}), Contains("`a` and `b` have the same number, 1"));
  CHECK_THAT(told({{}, {group("a", 1), group("b", 1)}}), Contains("the same number"));
  const std::string name = GENERATE("", "a:b", "a\nroot:x:0:0", "-a", "12", "a b", "a/b");
  CHECK_THAT(told({{user(name, 1, 1)}, {}}), Contains("name"));
  auto shell = user("a", 1, 1);
  shell.shell = "/bin/sh\nroot::0:0:::";
  CHECK_THAT(told({{shell}, {}}), Contains("is not valid in /etc/passwd"));
}
