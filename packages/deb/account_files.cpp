#include "account_files.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view passwd_path = "etc/passwd", group_path = "etc/group",
                           accounts_of_packages = "accounts of packages";
constexpr std::string_view passwd_master = "usr/share/base-passwd/passwd.master",
                           group_master = "usr/share/base-passwd/group.master";
constexpr std::size_t passwd_fields = 7, group_fields = 4;
using Lines = std::vector<std::vector<std::string>>;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t out = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end ? std::optional(out) : std::nullopt;
}

// Lines with another number of fields are kept as they are.
Lines lines_in(std::string_view text) {
  Lines out;
  for (const auto& line : split(text, '\n'))
    if (!line.empty()) out.push_back(split(line, ':'));
  return out;
}

std::string text_of_lines(const Lines& lines) {
  std::string out;
  for (const auto& fields : lines) out += cat(join(fields, ":"), "\n");
  return out;
}

const std::vector<std::string>* find_line(const Lines& lines, std::string_view name, std::size_t fields) {
  const auto found =
      std::ranges::find_if(lines, [&](const auto& line) { return line.size() == fields && line[0] == name; });
  return found == lines.end() ? nullptr : &*found;
}

// update-passwd(8) adds accounts of the master file that are missing. `x`: the password is in /etc/shadow.
void add_master(const std::optional<std::string>& master, std::size_t fields, Lines& to) {
  for (auto line : lines_in(master.value_or(""))) {
    if (line.size() != fields || find_line(to, line[0], fields) != nullptr) continue;
    if (line[1] == "*") line[1] = "x";
    to.push_back(std::move(line));
  }
}

std::set<std::uint32_t> numbers_in(const Lines& lines, std::size_t fields) {
  std::set<std::uint32_t> out;
  for (const auto& line : lines)
    if (line.size() == fields)
      if (const auto number = number_of(line[2])) out.insert(*number);
  return out;
}

void expect_free(const Lines& lines, std::size_t fields, std::string_view kind, const std::string& name,
                 std::uint32_t number) {
  for (const auto& line : lines)
    if (line.size() == fields && number_of(line[2]) == number)
      throw Error(ErrorKind::usage,
                  cat("the packages need the number ", number, " for the ", kind, " `", printable(name, 100),
                      "`, but the ", kind, " `", printable(line[0], 100), "` has it"),
                  cat("give the ", kind, " `", printable(line[0], 100), "` another number in the layers below"));
}

std::string with_member(std::string_view list, const std::string& user) {
  auto members = list.empty() ? std::vector<std::string>() : split(list, ',');
  if (std::ranges::find(members, user) == members.end()) members.push_back(user);
  return join(members, ",");
}

// The password fields of accounts that nobody can log in to.
std::string_view locked(const std::map<std::string, CreatedBy, std::less<>>& created, std::string_view name) {
  const auto found = created.find(name);
  if (found == created.end()) return "*";
  return found->second == CreatedBy::command ? "!" : "!*";
}

// The lines of `to` with one for each of `accounts` that it lacks.
template <class LineOf>
std::string completed(std::string text, const Lines& accounts, std::size_t fields, const LineOf& line_of) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  std::set<std::string> present;
  for (const auto& line : lines_in(text)) present.insert(line[0]);
  for (const auto& account : accounts)
    if (account.size() == fields && present.insert(account[0]).second) text += line_of(account);
  return text;
}

}  // namespace

AccountFiles::AccountFiles(const Root& root, bool with_masters)
    : users_before_(root.text(passwd_path).value_or("")), groups_before_(root.text(group_path).value_or("")) {
  users_ = lines_in(users_before_);
  groups_ = lines_in(groups_before_);
  if (!with_masters) return;
  add_master(root.text(passwd_master), passwd_fields, users_);
  add_master(root.text(group_master), group_fields, groups_);
}

std::optional<Ids> AccountFiles::user(std::string_view name) const {
  const auto* line = find_line(users_, name, passwd_fields);
  if (line == nullptr) return std::nullopt;
  const auto uid = number_of((*line)[2]), gid = number_of((*line)[3]);
  return uid && gid ? std::optional(Ids{.uid = *uid, .gid = *gid}) : std::nullopt;
}

std::optional<std::uint32_t> AccountFiles::group(std::string_view name) const {
  const auto* line = find_line(groups_, name, group_fields);
  return line == nullptr ? std::nullopt : number_of((*line)[2]);
}

std::set<std::uint32_t> AccountFiles::uids() const { return numbers_in(users_, passwd_fields); }
std::set<std::uint32_t> AccountFiles::gids() const { return numbers_in(groups_, group_fields); }

void AccountFiles::add_group(const std::string& name, std::uint32_t gid, CreatedBy by) {
  if (find_line(groups_, name, group_fields) != nullptr) return;
  expect_free(groups_, group_fields, "group", name, gid);
  groups_.push_back({name, "x", cat(gid), ""});
  new_groups_.emplace(name, by);
}

void AccountFiles::add_user(const NewUser& user) {
  if (find_line(users_, user.name, passwd_fields) != nullptr) return;
  expect_free(users_, passwd_fields, "user", user.name, user.ids.uid);
  users_.push_back({user.name, "x", cat(user.ids.uid), cat(user.ids.gid), user.comment, user.home, user.shell});
  new_users_.emplace(user.name, user.by);
}

void AccountFiles::add_member(const std::string& user, const std::string& group) {
  if (find_line(users_, user, passwd_fields) == nullptr) return;
  for (auto& line : groups_) {
    if (line.size() != group_fields || line[0] != group) continue;
    line[3] = with_member(line[3], user);
    new_members_[group].insert(user);
  }
}

std::optional<Ids> AccountFiles::owner(std::string_view text) const {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  Ids out;
  if (const auto number = number_of(name)) {
    out = {.uid = *number, .gid = *number};
  } else if (const auto found = user(name)) {
    out = *found;
  } else if (!name.empty() && name != "root") {
    return std::nullopt;
  }
  const auto group_name = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  if (group_name.empty()) return out;
  const auto gid = number_of(group_name) ? number_of(group_name) : group(group_name);
  if (!gid && group_name != "root") return std::nullopt;
  out.gid = gid.value_or(0);
  return out;
}

// shadow(5). The day of the last change is left out, as shadow's own tools do at SOURCE_DATE_EPOCH=0: day 0 would ask
// for a new password.
std::string AccountFiles::shadow_line(const std::vector<std::string>& user) const {
  const auto password = locked(new_users_, user[0]);
  return cat(user[0], ":", password, password == "*" ? "::0:99999:7:::\n" : ":::::::\n");
}

std::string AccountFiles::gshadow_line(const std::vector<std::string>& group) const {
  return cat(group[0], ":", locked(new_groups_, group[0]), "::", group[3], "\n");
}

std::string AccountFiles::with_new_members(const std::string& gshadow) const {
  auto lines = lines_in(gshadow);
  for (auto& line : lines)
    if (const auto members = new_members_.find(line[0]); line.size() == group_fields && members != new_members_.end())
      for (const auto& member : members->second) line[3] = with_member(line[3], member);
  return text_of_lines(lines);
}

void AccountFiles::write(Root& root, bool with_shadow) const {
  if (auto text = text_of_lines(users_); text != users_before_)
    root.put_file(passwd_path, std::move(text), {}, accounts_of_packages);
  if (auto text = text_of_lines(groups_); text != groups_before_)
    root.put_file(group_path, std::move(text), {}, accounts_of_packages);
  const Root::Attributes attributes{.mode = 0640, .uid = 0, .gid = group("shadow").value_or(0)};
  const auto put = [&](std::string_view path, const auto& text_after) {
    const auto before = root.text(path);
    if (!before && (!with_shadow || root.exists(path))) return;
    if (auto text = text_after(before.value_or("")); text != before)
      root.put_file(path, std::move(text), attributes, accounts_of_packages);
  };
  put("etc/shadow", [&](const std::string& before) {
    return completed(before, users_, passwd_fields, [&](const auto& user) { return shadow_line(user); });
  });
  put("etc/gshadow", [&](const std::string& before) {
    return with_new_members(
        completed(before, groups_, group_fields, [&](const auto& line) { return gshadow_line(line); }));
  });
}

}  // namespace lapstrake::packages::deb
