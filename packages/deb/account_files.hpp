// /etc/passwd and /etc/group while effects add users and groups.
#pragma once
#include <cstdint>
#include <lapstrake/packages/deb/accounts.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

class AccountFiles {
 public:
  // With the accounts of the layers below and, if base-passwd is among the packages, those of its master files.
  explicit AccountFiles(const Root& root);

  std::optional<Ids> user(std::string_view name) const;
  std::optional<std::uint32_t> group(std::string_view name) const;
  std::set<std::uint32_t> uids() const;
  std::set<std::uint32_t> gids() const;

  // Unless there is one with the name.
  void add_group(const std::string& name, std::uint32_t gid);
  void add_user(const std::string& name, Ids ids, const std::string& home, const std::string& shell,
                const std::string& comment);
  void add_member(const std::string& user, const std::string& group);
  // "root:adm", "33:33", "www-data:"; nothing for an unknown name.
  std::optional<Ids> owner(std::string_view text) const;

  // Writes the files that changed.
  void write(Root& root) const;

 private:
  using Lines = std::vector<std::vector<std::string>>;  // fields
  Lines users_, groups_;
  std::string users_before_, groups_before_;
};

}  // namespace lapstrake::packages::deb
