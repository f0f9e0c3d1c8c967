#include <algorithm>
#include <charconv>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "effect_steps.hpp"

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view alternatives = "alternatives", links_folder = "etc/alternatives",
                           database_folder = "var/lib/dpkg/alternatives";

struct Slave {
  std::string link, path;
};
struct Choice {
  std::string path;
  int priority = 0;
  std::map<std::string, Slave> slaves = {};  // by name
};
struct Group {
  std::string link;
  std::vector<Choice> choices = {};
};

int priority_in(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// LINK NAME PATH PRIORITY [slave LINK NAME PATH]...
void add(const std::vector<std::string>& words, const Root& root, std::map<std::string, Group>& groups) {
  if (words.size() < 4 || !root.exists(relative_path(words[2]))) return;
  Choice choice{.path = words[2], .priority = priority_in(words[3])};
  for (std::size_t i = 4; i + 3 < words.size() && words[i] == "slave"; i += 4)
    choice.slaves[words[i + 2]] = {.link = words[i + 1], .path = words[i + 3]};
  auto& group = groups.try_emplace(words[1], Group{.link = words[0]}).first->second;
  if (std::ranges::find(group.choices, choice.path, &Choice::path) == group.choices.end())
    group.choices.push_back(std::move(choice));
}

bool is_real_file(const Root& root, const std::string& path) { return root.exists(path) && !root.link_target(path); }

void link(Root& root, const std::string& name, const std::string& at, const std::string& path) {
  if (is_real_file(root, relative_path(at))) return;  // update-alternatives leaves files alone
  root.put_symlink(joined(links_folder, name), path, alternatives);
  root.put_symlink(relative_path(at), cat("/", links_folder, "/", name), alternatives);
}

// As update-alternatives writes it (alternatives(7)).
std::string database_of(const Group& group) {
  std::map<std::string, std::string> slaves;  // names and links
  for (const auto& choice : group.choices)
    for (const auto& [name, slave] : choice.slaves) slaves.emplace(name, slave.link);
  std::string out = cat("auto\n", group.link, "\n");
  for (const auto& [name, at] : slaves) out += cat(name, "\n", at, "\n");
  out += "\n";
  for (const auto& choice : group.choices) {
    out += cat(choice.path, "\n", choice.priority, "\n");
    for (const auto& [name, at] : slaves) {
      const auto found = choice.slaves.find(name);
      out += cat(found == choice.slaves.end() ? "" : found->second.path, "\n");
    }
  }
  return out + "\n";
}

}  // namespace

void apply_alternatives(Root& root, const std::vector<Effect>& effects, bool with_database) {
  std::map<std::string, Group> groups;
  for (const auto& effect : effects) add(effect.words, root, groups);
  for (auto& [name, group] : groups) {
    std::ranges::sort(group.choices, {}, &Choice::path);
    const auto& best = *std::ranges::max_element(group.choices, {}, &Choice::priority);
    // What a lower layer has chosen stays: its priorities are not known.
    const auto chosen = joined(links_folder, name);
    if (root.link_target(chosen) && root.find(chosen) == nullptr) continue;
    link(root, name, group.link, best.path);
    for (const auto& [slave_name, slave] : best.slaves)
      if (root.exists(relative_path(slave.path))) link(root, slave_name, slave.link, slave.path);
    if (with_database) root.put_file(joined(database_folder, name), database_of(group), {}, alternatives);
  }
}

}  // namespace lapstrake::packages::deb
