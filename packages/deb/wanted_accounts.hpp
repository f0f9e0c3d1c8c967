// Users and groups that packages create, by the verbs `group`, `user` and `member`, and by sysusers.d(5).
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <optional>
#include <string>
#include <vector>

#include "account_files.hpp"
#include "effect_order.hpp"

namespace lapstrake::packages::deb {

struct WantedGroup {
  std::string name;
  std::optional<std::uint32_t> gid = {};  // any free number
  CreatedBy by = CreatedBy::command;
};
struct WantedUser {
  std::string name;
  std::optional<std::uint32_t> uid = {};  // any free number
  std::string group;                      // a name or a number
  std::string home = "/", shell = "/usr/sbin/nologin", comment = {};
  CreatedBy by = CreatedBy::command;
  bool owns_group() const { return group == name; }
};
struct WantedMember {
  std::string user, group;
};

struct WantedAccounts {
  std::vector<WantedGroup> groups = {};  // each name once
  std::vector<WantedUser> users = {};    // each name once
  std::vector<WantedMember> members = {};
  // The first definition of a name counts, with a number that any of them has.
  void add(WantedGroup group);
  void add(WantedUser user);
};

// Error{integrity}: a name or field that /etc/passwd cannot have, or more than limits::package_accounts accounts.
WantedAccounts wanted_accounts(const Root& root, const std::vector<PackageEffect>& effects);

// Adds the accounts of usr/lib/sysusers.d and etc/sysusers.d of the packages, in the order of names.
void add_sysusers(const Root& root, WantedAccounts& out);

}  // namespace lapstrake::packages::deb
