#include "account_files.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view passwd_path = "etc/passwd", group_path = "etc/group";
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
  for (const auto& line : lines)
    if (line.size() == fields && line[0] == name) return &line;
  return nullptr;
}

// update-passwd: accounts of the master file that are missing. Passwords are in /etc/shadow, which says `x`.
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

}  // namespace

AccountFiles::AccountFiles(const Root& root)
    : users_before_(root.text(passwd_path).value_or("")), groups_before_(root.text(group_path).value_or("")) {
  users_ = lines_in(users_before_);
  groups_ = lines_in(groups_before_);
  add_master(root.text(passwd_master), passwd_fields, users_);
  add_master(root.text(group_master), group_fields, groups_);
  for (auto& line : groups_)
    if (line.size() == group_fields && line[1] == "*") line[1] = "x";
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

void AccountFiles::add_group(const std::string& name, std::uint32_t gid) {
  if (!group(name)) groups_.push_back({name, "x", cat(gid), ""});
}

void AccountFiles::add_user(const std::string& name, Ids ids, const std::string& home, const std::string& shell,
                            const std::string& comment) {
  if (!user(name))
    users_.push_back({name, "x", cat(ids.uid), cat(ids.gid), replace_all(comment, ":", " "), home, shell});
}

void AccountFiles::add_member(const std::string& user, const std::string& group) {
  for (auto& line : groups_) {
    if (line.size() != group_fields || line[0] != group) continue;
    auto members = line[3].empty() ? std::vector<std::string>() : split(line[3], ',');
    if (std::ranges::find(members, user) == members.end()) members.push_back(user);
    line[3] = join(members, ",");
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
  } else {
    return std::nullopt;
  }
  const auto group_name = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  if (group_name.empty()) return out;
  const auto gid = number_of(group_name) ? number_of(group_name) : group(group_name);
  if (!gid) return std::nullopt;
  out.gid = *gid;
  return out;
}

void AccountFiles::write(Root& root) const {
  if (auto text = text_of_lines(users_); text != users_before_)
    root.put_file(passwd_path, std::move(text), {}, "accounts");
  if (auto text = text_of_lines(groups_); text != groups_before_)
    root.put_file(group_path, std::move(text), {}, "accounts");
}

}  // namespace lapstrake::packages::deb
