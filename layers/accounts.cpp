#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <limits>
#include <set>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::string_view passwd_path = "etc/passwd", group_path = "etc/group";

std::optional<std::uint32_t> id(std::string_view text) {
  const auto number = parse_integer(text);
  // The last one stands for "none" in chown(2).
  if (!number || *number < 0 || *number >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// What a line of passwd or group says; nothing for one that programs would pass over too.
std::optional<oci::User> user_of(const std::string& line) {
  const auto fields = split(line, ':');
  if (fields.size() != 7 || fields[0].empty()) return std::nullopt;
  const auto uid = id(fields[2]), gid = id(fields[3]);
  if (!uid || !gid) return std::nullopt;
  return oci::User{.name = fields[0],
                   .uid = *uid,
                   .gid = *gid,
                   .home = fields[5],
                   .shell = fields[6],
                   .comment = fields[4],
                   .where = {}};
}

std::optional<oci::Group> group_of(const std::string& line) {
  const auto fields = split(line, ':');
  if (fields.size() != 4 || fields[0].empty()) return std::nullopt;
  const auto gid = id(fields[2]);
  if (!gid) return std::nullopt;
  oci::Group group{.name = fields[0], .gid = *gid, .members = {}, .where = {}};
  if (!fields[3].empty()) group.members = split(fields[3], ',');
  return group;
}

std::string line_of(const oci::User& user) {
  return cat(user.name, ":x:", user.uid, ":", user.gid, ":", user.comment, ":", user.home, ":", user.shell);
}
std::string line_of(const oci::Group& group) {
  return cat(group.name, ":x:", group.gid, ":", join(group.members, ","));
}

[[noreturn]] void refuse(const Position& where, std::string what, std::string help) {
  throw Error(ErrorKind::usage, std::move(what), std::move(help)).during(cat("reading the accounts at ", where.text()));
}

void expect_field(std::string_view text, std::string_view what, const Position& where) {
  if (text.find_first_of(std::string_view(":\n\r\0", 4)) != std::string_view::npos)
    refuse(where, cat("the ", what, " `", printable(text), "` is not valid in /etc/passwd"),
           "remove `:` and line breaks");
}

void expect_name(std::string_view name, const Position& where) {
  expect_field(name, "name", where);
  if (name.empty() || name.front() == '-' || name.find_first_of(" ,/\t") != std::string_view::npos ||
      parse_integer(name))
    refuse(where, cat("`", printable(name), "` is not a valid account name"),
           "use letters, digits, `_` and `-`, such as `www-data`");
}

template <class Account>
void expect_one_each(const std::vector<Account>& accounts, std::string_view kind, std::uint32_t Account::*number) {
  for (auto one = accounts.begin(); one != accounts.end(); ++one) {
    expect_name(one->name, one->where);
    for (auto other = accounts.begin(); other != one; ++other) {
      if (other->name == one->name)
        refuse(one->where, cat("duplicate ", kind, " `", one->name, "`, also defined at ", other->where.text()),
               "remove one of them");
      if ((*other).*number == (*one).*number)
        refuse(one->where,
               cat("the ", kind, "s `", other->name, "` and `", one->name, "` have the same number, ", (*one).*number),
               "give one of them another number");
    }
  }
}

// The accounts of `text`, overridden by `laid` by name; the order is kept.
template <class Account, class Parse>
std::vector<Account> merged(const std::optional<std::string>& text, const std::vector<Account>& laid, Parse parse) {
  std::vector<Account> out = laid;
  std::set<std::string> names;
  for (const Account& account : laid) names.insert(account.name);
  for (const std::string& line : split(text.value_or(""), '\n'))
    if (auto account = parse(line); account && names.insert(account->name).second) out.push_back(std::move(*account));
  return out;
}

template <class Account>
const Account* named(const std::vector<Account>& accounts, std::string_view name) {
  const auto found =
      std::find_if(accounts.begin(), accounts.end(), [&](const Account& account) { return account.name == name; });
  return found == accounts.end() ? nullptr : &*found;
}

template <class Account>
const Account& expected(const std::vector<Account>& accounts, std::string_view name, std::string_view kind,
                        const Position& where) {
  if (const Account* found = named(accounts, name)) return *found;
  std::vector<std::string> names;
  for (const Account& account : accounts) names.push_back(account.name);
  const auto near = nearest(name, names);
  throw Error(ErrorKind::usage, cat("the image has no ", kind, " `", printable(name), "`"),
              near ? cat("did you mean `", *near, "`?") : cat("add it under `", kind, "s:`, or give its number"))
      .during(cat("reading the owner at ", where.text()));
}

// The base's text with the lines of `laid` replacing those with the same name, or appended.
template <class Account>
std::string laid_over(std::string text, const std::vector<Account>& laid) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  std::string out;
  std::set<std::string> done;
  std::vector<std::string> lines = split(text, '\n');
  lines.pop_back();  // what follows the last line's end
  for (const std::string& line : lines) {
    const Account* account = named(laid, line.substr(0, line.find(':')));
    if (account != nullptr && !done.insert(account->name).second) continue;
    out += cat(account == nullptr ? line : line_of(*account), "\n");
  }
  for (const Account& account : laid)
    if (done.count(account.name) == 0) out += cat(line_of(account), "\n");
  return out;
}

std::optional<std::string> text_of(std::string_view path, const BaseFiles& base, const std::vector<Entry>& own_files) {
  const auto real = base.follow(path);
  for (const Entry& entry : own_files)
    if (entry.path == real)
      if (const auto* text = std::get_if<std::string>(&entry.content)) return *text;
  return base.text_of(path);
}

Entry text_entry(std::string_view path, std::string text, const BaseFiles& base) {
  Entry entry;
  entry.path = base.follow(path);
  entry.origin = "users and groups";
  if (const auto* node = base.find(entry.path); node != nullptr) {
    if (node->kind == Kind::directory) throw Error(ErrorKind::integrity, cat("`/", path, "` is a folder in the base"));
    entry.mode = node->mode, entry.uid = node->uid, entry.gid = node->gid;
  }
  entry.size = text.size();
  entry.content = std::move(text);
  return entry;
}

}  // namespace

AccountTable::AccountTable(const oci::Accounts& accounts, const BaseFiles& base) : AccountTable(accounts, base, {}) {}

AccountTable::AccountTable(const oci::Accounts& accounts, const BaseFiles& base, const std::vector<Entry>& own_files)
    : own_(accounts) {
  expect_one_each(accounts.users, "user", &oci::User::uid);
  expect_one_each(accounts.groups, "group", &oci::Group::gid);
  for (const oci::User& user : accounts.users) {
    expect_field(user.home, "home", user.where);
    expect_field(user.shell, "shell", user.where);
    expect_field(user.comment, "comment", user.where);
  }
  for (const oci::Group& group : accounts.groups)
    for (const std::string& member : group.members) expect_name(member, group.where);
  users_ = merged(text_of(passwd_path, base, own_files), accounts.users, user_of);
  groups_ = merged(text_of(group_path, base, own_files), accounts.groups, group_of);
}

AccountTable::Ids AccountTable::look_up(const oci::Owner& owner, const Position& where) const {
  const auto too_high = [&](const std::string& half) {
    if (parse_integer(half))
      throw Error(ErrorKind::usage, cat("invalid owner number ", half), "use a number from 0 to 4294967294")
          .during(cat("reading the owner at ", where.text()));
  };
  Ids ids;
  if (const auto number = id(owner.user)) {
    ids = {*number, *number};
  } else {
    too_high(owner.user);
    const oci::User& user = expected(users_, owner.user, "user", where);
    ids = {user.uid, user.gid};
  }
  if (!owner.group_given) return ids;
  if (const auto number = id(owner.group)) {
    ids.gid = *number;
  } else {
    too_high(owner.group);
    ids.gid = expected(groups_, owner.group, "group", where).gid;
  }
  return ids;
}

std::vector<Entry> AccountTable::entries(const BaseFiles& base) const {
  std::vector<Entry> out;
  if (!own_.users.empty())
    out.push_back(text_entry(passwd_path, laid_over(base.text_of(passwd_path).value_or(""), own_.users), base));
  if (!own_.groups.empty())
    out.push_back(text_entry(group_path, laid_over(base.text_of(group_path).value_or(""), own_.groups), base));
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  std::vector<Entry> parents;
  for (const Entry& entry : out)
    for (std::string_view folder = parent_of(entry.path); !folder.empty() && base.find(folder) == nullptr;
         folder = parent_of(folder)) {
      Entry parent;
      parent.path = folder;
      parent.kind = Kind::directory;
      parent.mode = 0755;
      parent.origin = entry.origin;
      if (std::none_of(parents.begin(), parents.end(), [&](const Entry& other) { return other.path == folder; }))
        parents.push_back(std::move(parent));
    }
  out.insert(out.end(), parents.begin(), parents.end());
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return out;
}

}  // namespace lapstrake::layers
