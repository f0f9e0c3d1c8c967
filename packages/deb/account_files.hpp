// /etc/passwd and /etc/group while effects add users and groups, with /etc/shadow and /etc/gshadow.
#pragma once
#include <cstdint>
#include <lapstrake/packages/deb/accounts.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

// Which tool creates an account in Debian: each locks it in another way, `!` (useradd) or `!*` (systemd-sysusers).
enum class CreatedBy { command, sysusers };

struct NewUser {
  std::string name;
  Ids ids;
  std::string home, shell, comment;
  CreatedBy by = CreatedBy::command;
};

class AccountFiles {
 public:
  // With the accounts of the layers below, and those of base-passwd's master files if `with_masters`.
  AccountFiles(const Root& root, bool with_masters);

  std::optional<Ids> user(std::string_view name) const;
  std::optional<std::uint32_t> group(std::string_view name) const;
  std::set<std::uint32_t> uids() const;
  std::set<std::uint32_t> gids() const;

  // Unless there is one with the name. Error{usage}: another account has the number.
  void add_group(const std::string& name, std::uint32_t gid, CreatedBy by);
  void add_user(const NewUser& user);
  // If both exist.
  void add_member(const std::string& user, const std::string& group);
  // "root:adm", "33:33", "www-data" and "www-data:" with its group, ":adm" with uid 0; nothing for an unknown name.
  std::optional<Ids> owner(std::string_view text) const;

  // Writes the files that changed; shadow files for all accounts with `with_shadow`, else only their new lines if the
  // root has such files.
  void write(Root& root, bool with_shadow) const;

 private:
  using Lines = std::vector<std::vector<std::string>>;  // fields
  std::string shadow_line(const std::vector<std::string>& user) const;
  std::string gshadow_line(const std::vector<std::string>& group) const;
  std::string with_new_members(const std::string& gshadow) const;

  Lines users_, groups_;
  std::string users_before_, groups_before_;
  std::map<std::string, CreatedBy, std::less<>> new_users_, new_groups_;
  std::map<std::string, std::set<std::string>, std::less<>> new_members_;  // by group
};

}  // namespace lapstrake::packages::deb
