// From a recipe to a list of entries in their final order.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::layers {

struct AssembleOptions {
  std::filesystem::path root;     // the spec's folder: nothing outside it is read ...
  bool allow_outside = false;     // ... unless this says so
  std::filesystem::path scratch;  // where unnamed files may be made (the store's)
  std::stop_token stop;
  unsigned jobs = 1;                                       // threads that list folders
  std::function<void(const std::string&)> tell = nullptr;  // notes for the user
};

// The accounts that owners by name are looked up in: the base's /etc/passwd and /etc/group with `accounts` laid over
// them. Error{usage} for clashes (one name twice, a uid that another name of the spec has).
class AccountTable {
 public:
  AccountTable(const oci::Accounts& accounts, const BaseFiles& base);
  struct Ids {
    std::uint32_t uid = 0, gid = 0;
  };
  Ids look_up(const oci::Owner& owner, const oci::Position& where) const;  // Error{usage} naming near names
  // The layer that carries the spec's accounts: etc/passwd, etc/group (merged), homes are not made. Empty when the spec
  // has none.
  std::vector<Entry> entries(const BaseFiles& base) const;

 private:
  oci::Accounts own_;             // the spec's
  std::vector<oci::User> users_;  // ... and what the base has besides
  std::vector<oci::Group> groups_;
};

// Sorted by path bytewise with folders before what is in them, hard links after their targets, whiteouts before their
// siblings; parents that the base lacks are added (0755 0:0), those it has are left alone. Errors, all of
// ErrorKind::input or usage with the step's position: absent or outside sources, special files, `.wh.` names, two steps
// that write one path (both named; two folders with the same attributes are no clash), a path through a symlink or a
// file of the same layer, names that no tar can carry.
std::vector<Entry> assemble(const oci::LayerRecipe& recipe, const BaseFiles& below, const AccountTable& accounts,
                            const AssembleOptions& options);

}  // namespace lapstrake::layers
