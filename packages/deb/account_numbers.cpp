#include "account_numbers.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

namespace lapstrake::packages::deb {
namespace {

constexpr std::uint32_t first_id = 100, last_id = 999;  // of system accounts on demand (Debian Policy 9.2)
constexpr std::uint32_t nogroup = 65534;

std::string group_key(std::string_view name) { return cat("group ", name); }

// An account of Accounts: a user, a group, or a user with a group of its own, which get the same number.
struct Unit {
  bool is_user = false, is_group = false;
};

class Numbers {
 public:
  Numbers(const WantedAccounts& wanted, const AccountFiles& files, const Accounts& known)
      : wanted_(wanted), files_(files), known_(known), uids_(files.uids()), gids_(files.gids()) {}

  Accounts run() {
    reserve();
    find_units();
    for (const auto& [key, unit] : units_) keep(key, unit);
    for (const auto& [key, unit] : units_)
      if (!out_.contains(key)) allocate(key, unit);
    for (const auto& user : wanted_.users)
      if (const auto own = out_.find(user.name); own != out_.end() && !units_[user.name].is_group)
        own->second.gid = gid_of(user);
    return std::move(out_);
  }

 private:
  void reserve() {
    for (const auto& user : wanted_.users)
      if (user.uid) uids_.insert(*user.uid);
    for (const auto& group : wanted_.groups)
      if (group.gid) gids_.insert(*group.gid);
  }

  void find_units() {
    for (const auto& user : wanted_.users)
      if (!user.uid && !files_.user(user.name)) units_[user.name].is_user = true;
    std::set<std::string> pairs;
    for (const auto& user : wanted_.users)
      if (user.owns_group() && units_.contains(user.name)) pairs.insert(user.name);
    for (const auto& group : wanted_.groups)
      if (!group.gid && !files_.group(group.name))
        units_[pairs.contains(group.name) ? group.name : group_key(group.name)].is_group = true;
  }

  bool is_free(const Unit& unit, Ids ids) const {
    return !(unit.is_user && uids_.contains(ids.uid)) && !(unit.is_group && gids_.contains(ids.gid));
  }

  void take(const std::string& key, const Unit& unit, Ids ids) {
    if (unit.is_user) uids_.insert(ids.uid);
    if (unit.is_group) gids_.insert(ids.gid);
    out_[key] = ids;
  }

  // The numbers of the lock, where nobody else has them.
  void keep(const std::string& key, const Unit& unit) {
    if (const auto found = known_.find(key); found != known_.end() && is_free(unit, found->second))
      take(key, unit, found->second);
  }

  void allocate(const std::string& key, const Unit& unit) {
    for (auto id = first_id; id <= last_id; ++id)
      if (const Ids ids{.uid = id, .gid = id}; is_free(unit, ids)) return take(key, unit, ids);
    throw Error(ErrorKind::usage,
                cat("no number from ", first_id, " to ", last_id, " is left for the account `", key, "`"),
                "use a base with fewer accounts, or install fewer packages in one image");
  }

  std::uint32_t gid_of(const WantedUser& user) const {
    if (const auto number = parse_integer(user.group)) return static_cast<std::uint32_t>(*number);
    if (const auto gid = files_.group(user.group)) return *gid;
    const auto group = std::ranges::find(wanted_.groups, user.group, &WantedGroup::name);
    if (group != wanted_.groups.end() && group->gid) return *group->gid;
    for (const auto& key : {user.group, group_key(user.group)})
      if (const auto unit = units_.find(key); unit != units_.end() && unit->second.is_group) return out_.at(key).gid;
    return nogroup;
  }

  const WantedAccounts& wanted_;
  const AccountFiles& files_;
  const Accounts& known_;
  std::set<std::uint32_t> uids_, gids_;
  std::map<std::string, Unit> units_;
  Accounts out_;
};

Error no_number(std::string_view kind, std::string_view name) {
  return Error(ErrorKind::usage, cat("the lock has no number for the ", kind, " `", printable(name, 100), "`"),
               "write it again with `lapstrake lock`");
}

std::uint32_t number_of(const WantedGroup& group, const Accounts& numbers) {
  if (group.gid) return *group.gid;
  for (const auto& key : {group_key(group.name), group.name})
    if (const auto found = numbers.find(key); found != numbers.end()) return found->second.gid;
  throw no_number("group", group.name);
}

NewUser new_user(const WantedUser& user, const Accounts& numbers, const AccountFiles& files) {
  const auto found = numbers.find(user.name);
  if (!user.uid && found == numbers.end()) throw no_number("user", user.name);
  const auto uid = user.uid ? *user.uid : found->second.uid;
  const auto number = parse_integer(user.group);
  const auto gid = number ? std::optional(static_cast<std::uint32_t>(*number)) : files.group(user.group);
  return {.name = user.name,
          .ids = {.uid = uid, .gid = gid.value_or(nogroup)},
          .home = user.home,
          .shell = user.shell,
          .comment = user.comment,
          .by = user.by};
}

}  // namespace

Accounts numbers_for(const WantedAccounts& wanted, const AccountFiles& files, const Accounts& known) {
  return Numbers(wanted, files, known).run();
}

void add_accounts(const WantedAccounts& wanted, const Accounts& numbers, AccountFiles& files) {
  for (const auto& group : wanted.groups)
    if (!files.group(group.name)) files.add_group(group.name, number_of(group, numbers), group.by);
  for (const auto& user : wanted.users)
    if (!files.user(user.name)) files.add_user(new_user(user, numbers, files));
  for (const auto& member : wanted.members) files.add_member(member.user, member.group);
}

}  // namespace lapstrake::packages::deb
