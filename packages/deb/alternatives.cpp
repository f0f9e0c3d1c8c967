#include "alternatives.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "effect_paths.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view alternatives = "alternatives", links_folder = "etc/alternatives",
                           database_folder = "var/lib/dpkg/alternatives";

struct Slave {
  std::string link, path;
};
struct Choice {
  std::string path;
  std::int64_t priority = 0;
  std::map<std::string, Slave> slaves = {};  // by name
};
struct Group {
  std::string link;
  std::vector<Choice> choices = {};
  bool is_manual = false;  // an administrator has chosen
};
using Groups = std::map<std::string, Group>;  // by name

void expect_name(std::string_view name, std::string_view package) {
  if (!name.empty() && name != "." && name != ".." && name.find_first_of("/ \t\n") == name.npos) return;
  throw Error(ErrorKind::integrity,
              cat("the package `", package, "` has an alternative with the name `", printable(name, 100), "`"));
}

// What record_of() returns, of a lower layer; nothing for other text.
std::optional<Group> recorded(const std::string& text) {
  const auto lines = split(text, '\n');
  if (lines.size() < 4) return std::nullopt;
  Group out{.link = lines[1], .choices = {}, .is_manual = lines[0] == "manual"};
  std::vector<std::pair<std::string, std::string>> slaves;  // names and links
  std::size_t at = 2;
  for (; at + 1 < lines.size() && !lines[at].empty(); at += 2) slaves.emplace_back(lines[at], lines[at + 1]);
  for (++at; at + 1 + slaves.size() < lines.size() && !lines[at].empty(); at += 2 + slaves.size()) {
    Choice choice{.path = lines[at], .priority = parse_integer(lines[at + 1]).value_or(0)};
    for (std::size_t i = 0; i < slaves.size(); ++i)
      if (const auto& path = lines[at + 2 + i]; !path.empty())
        choice.slaves[slaves[i].first] = {.link = slaves[i].second, .path = path};
    out.choices.push_back(std::move(choice));
  }
  return out;
}

// LINK NAME PATH PRIORITY [slave LINK NAME PATH]... As update-alternatives does, nothing for a path that is missing.
void add(const PackageEffect& one, const Root& root, Groups& groups) {
  const auto& words = one.effect.words;
  if (!root.exists(root_path(words[2]))) return;
  expect_name(words[1], one.package);
  Choice choice{.path = words[2], .priority = parse_integer(words[3]).value_or(0)};
  for (std::size_t i = 4; i + 3 < words.size() && words[i] == "slave"; i += 4) {
    expect_name(words[i + 2], one.package);
    choice.slaves[words[i + 2]] = {.link = words[i + 1], .path = words[i + 3]};
  }
  auto& group = groups.try_emplace(words[1], Group{.link = words[0]}).first->second;
  if (std::ranges::find(group.choices, choice.path, &Choice::path) == group.choices.end())
    group.choices.push_back(std::move(choice));
}

// Continues the record of a lower layer.
void add_recorded(Group& group, const std::string& record) {
  auto below = recorded(record);
  if (!below) return;
  for (auto& choice : group.choices) {
    std::erase_if(below->choices, [&](const Choice& other) { return other.path == choice.path; });
    below->choices.push_back(std::move(choice));
  }
  group = std::move(*below);
}

// Files stay, as with update-alternatives.
void link(Root& root, const std::string& name, const std::string& at, const std::string& path) {
  const auto place = root_path(at);
  if (place.empty() || (root.exists(place) && !root.link_target(place))) return;
  root.put_symlink(joined(links_folder, name), path, alternatives);
  root.put_symlink(place, cat("/", links_folder, "/", name), alternatives);
}

// The file of a group as update-alternatives writes it: status, link, slaves, then the choices.
std::string record_of(const std::string& name, const Group& group) {
  std::map<std::string, std::string> slaves;  // names and links
  for (const auto& choice : group.choices)
    for (const auto& [slave, links] : choice.slaves) slaves.emplace(slave, links.link);
  if (group.choices.size() * (slaves.size() + 1) > limits::alternative_paths)
    throw Error(ErrorKind::integrity, cat("the alternative `", printable(name, 100), "` has more than ",
                                          limits::alternative_paths, " paths"));
  std::string out = cat(group.is_manual ? "manual\n" : "auto\n", group.link, "\n");
  for (const auto& [slave, at] : slaves) out += cat(slave, "\n", at, "\n");
  out += "\n";
  for (const auto& choice : group.choices) {
    out += cat(choice.path, "\n", choice.priority, "\n");
    for (const auto& [slave, at] : slaves) {
      const auto found = choice.slaves.find(slave);
      out += cat(found == choice.slaves.end() ? "" : found->second.path, "\n");
    }
  }
  return out + "\n";
}

void apply_group(Root& root, const std::string& name, Group& group, bool with_database) {
  std::ranges::sort(group.choices, {}, &Choice::path);
  if (with_database) root.put_file(joined(database_folder, name), record_of(name, group), {}, alternatives);
  if (group.is_manual) return;
  const auto& best = *std::ranges::max_element(group.choices, {}, &Choice::priority);
  link(root, name, group.link, best.path);
  for (const auto& [slave, links] : best.slaves)
    if (root.exists(root_path(links.path))) link(root, slave, links.link, links.path);
}

}  // namespace

void apply_alternatives(Root& root, const std::vector<PackageEffect>& effects, bool with_database,
                        std::vector<std::string>& notes) {
  Groups groups;
  for (const auto& one : effects)
    if (one.effect.verb == "alternative") add(one, root, groups);
  for (auto& [name, group] : groups) {
    const auto chosen = joined(links_folder, name);
    const auto below = root.find(chosen) == nullptr ? root.link_target(chosen) : std::nullopt;
    const auto record = root.text(joined(database_folder, name));
    if (record) add_recorded(group, *record);
    if (!below || record)
      apply_group(root, name, group, with_database);
    else if (std::ranges::find(group.choices, *below, &Choice::path) == group.choices.end())
      notes.push_back(cat("the alternative `", printable(name, 100), "` stays `", printable(*below, 200),
                          "`, which a lower layer has chosen"));
  }
}

}  // namespace lapstrake::packages::deb
