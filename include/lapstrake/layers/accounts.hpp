// Users and groups of an image: owners of files, and the entries of etc/passwd and etc/group.
#pragma once
#include <cstdint>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <vector>

namespace lapstrake::layers {

// Resolves owners by name: the base's /etc/passwd and /etc/group, overridden by `accounts`. Error{usage} for conflicts
// (a duplicate name, or a uid that another user of the spec has).
class AccountTable {
 public:
  AccountTable(const oci::Accounts& accounts, const BaseFiles& base);
  // With the accounts of files that the layer itself writes: those of Debian packages.
  AccountTable(const oci::Accounts& accounts, const BaseFiles& base, const std::vector<Entry>& own_files);
  struct Ids {
    std::uint32_t uid = 0, gid = 0;
  };
  Ids look_up(const oci::Owner& owner, const Position& where) const;  // Error{usage} naming near names
  // The layer with the spec's accounts: merged etc/passwd and etc/group. Home folders are not created. Empty when the
  // spec has no accounts.
  std::vector<Entry> entries(const BaseFiles& base) const;

 private:
  oci::Accounts own_;             // from the spec
  std::vector<oci::User> users_;  // ... and from the base
  std::vector<oci::Group> groups_;
};

}  // namespace lapstrake::layers
