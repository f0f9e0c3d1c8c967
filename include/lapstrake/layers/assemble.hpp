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
  unsigned jobs = 1;                                         // threads that list folders
  std::function<void(const std::string&)> notify = nullptr;  // for warnings and hints to the user
};

// Resolves owners by name: the base's /etc/passwd and /etc/group, overridden by `accounts`. Error{usage} for conflicts
// (a duplicate name, or a uid that another user of the spec has).
class AccountTable {
 public:
  AccountTable(const oci::Accounts& accounts, const BaseFiles& base);
  struct Ids {
    std::uint32_t uid = 0, gid = 0;
  };
  Ids look_up(const oci::Owner& owner, const Position& where) const;  // Error{usage} naming near names
  // The layer with the spec's accounts: merged etc/passwd and etc/group. Home folders are not created. Empty when the
  // spec has no accounts.
  std::vector<Entry> entries(const BaseFiles& base) const;

 private:
  oci::Accounts own_;             // from the spec
  std::vector<oci::User> users_;  // // ... and from the base
  std::vector<oci::Group> groups_;
};

// Sorted by path bytewise: folders before their content, hard links after their targets, whiteouts before their
// siblings. Parents that the base lacks are added (0755 0:0); existing ones are not changed. Errors, all of
// ErrorKind::input or usage with the step's position: missing or outside sources, special files, `.wh.` names, two
// steps that write the same path (both named; two folders with equal attributes do not conflict), a path through a
// symlink or a file of the same layer, names that a tar cannot represent.
std::vector<Entry> assemble(const oci::LayerRecipe& recipe, const BaseFiles& below, const AccountTable& accounts,
                            const AssembleOptions& options);

}  // namespace lapstrake::layers
