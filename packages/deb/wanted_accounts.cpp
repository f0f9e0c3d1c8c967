#include "wanted_accounts.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

// Error{integrity} for other text.
std::optional<std::uint32_t> number_or_auto(const std::string& text) {
  if (text == "auto") return std::nullopt;
  const auto number = parse_integer(text);
  if (number && *number >= 0 && *number < 0xffffffff) return static_cast<std::uint32_t>(*number);
  throw Error(ErrorKind::integrity, cat("a package creates an account with the number `", printable(text, 100), "`"));
}

// systemd-sysusers(8) and useradd(8): letters, digits, `_`, `-`, `.`, and `$` at the end.
void expect_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  const auto body = name.ends_with('$') ? name.substr(0, name.size() - 1) : name;
  if (!body.empty() && body.front() != '-' && body.size() <= 64 && std::ranges::all_of(body, is_allowed)) return;
  throw Error(ErrorKind::integrity, cat("a package creates an account with the name `", printable(name, 100), "`"));
}

void expect_field(std::string_view text, std::string_view name) {
  if (text.find_first_of(std::string_view(":\n\r\0", 4)) == text.npos) return;
  throw Error(ErrorKind::integrity, cat("the account `", name, "` of a package has `", printable(text, 100),
                                        "`, which is not valid in /etc/passwd"));
}

template <class Account, class Number>
void merge(std::vector<Account>& accounts, Account account, std::optional<Number> Account::*number) {
  expect_name(account.name);
  const auto found = std::ranges::find(accounts, account.name, &Account::name);
  if (found == accounts.end()) {
    if (accounts.size() == limits::package_accounts)
      throw Error(ErrorKind::integrity, cat("packages create more than ", limits::package_accounts, " accounts"));
    accounts.push_back(std::move(account));
  } else if (!((*found).*number)) {
    (*found).*number = account.*number;
  }
}

}  // namespace

void WantedAccounts::add(WantedGroup group) { merge(groups, std::move(group), &WantedGroup::gid); }

void WantedAccounts::add(WantedUser user) {
  for (const auto* field : {&user.home, &user.shell, &user.comment}) expect_field(*field, user.name);
  if (parse_integer(user.group))
    number_or_auto(user.group);
  else
    expect_name(user.group);
  merge(users, std::move(user), &WantedUser::uid);
}

WantedAccounts wanted_accounts(const Root& root, const std::vector<PackageEffect>& effects) {
  WantedAccounts out;
  for (const auto& one : effects) {
    const auto& verb = one.effect.verb;
    step(cat("reading the accounts of the package `", one.package, "`"), [&] {
      if (verb == "group") out.add(WantedGroup{.name = one.word(0), .gid = number_or_auto(one.word(1))});
      if (verb == "user")
        out.add(WantedUser{.name = one.word(0),
                           .uid = number_or_auto(one.word(1)),
                           .group = one.word(2),
                           .home = one.word(3),
                           .shell = one.word(4),
                           .comment = one.text_from(5)});
      if (verb == "member") out.members.push_back({.user = one.word(0), .group = one.word(1)});
    });
  }
  add_sysusers(root, out);
  return out;
}

}  // namespace lapstrake::packages::deb
