#include "shell_reduction.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <set>

#include "script_commands.hpp"
#include "shell_condition.hpp"
#include "shell_lexer.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Kind = ShellNode::Kind;
using Names = std::set<std::string, std::less<>>;

// Variables that are computed from variables that are computed from variables.
constexpr unsigned most_rounds = 50;

unsigned last_action(const ShellNode& node) {
  if (node.kind == Kind::function) return 0;
  unsigned out = node.acts && node.parts.empty() ? node.line : 0;
  for (const auto& part : node.parts) out = std::max(out, last_action(part));
  return out;
}

// The variables and commands that it mentions.
void add_names(const ShellNode& node, Names& names) {
  for (const auto* texts : {&node.words, &node.redirections})
    for (const auto& text : *texts)
      for (auto& name : variables_in(text)) names.insert(std::move(name));
  if (node.kind == Kind::simple)
    if (const auto first = assignments_of(node.words); first < node.words.size()) names.insert(node.words[first]);
  for (const auto& part : node.parts) add_names(part, names);
}

// Keeps actions, the conditions around them, and what sets the variables that these use.
class Actions {
 public:
  Actions(const Names& names, unsigned last) : names_(names), last_(last) {}

  // False if nothing of the node stays.
  bool keep(ShellNode& node) const {
    switch (node.kind) {
      case Kind::simple: return node.acts || is_needed(node);
      case Kind::list:
      case Kind::group:
      case Kind::subshell: return keep_parts(node, 0);
      case Kind::branches: return keep_branches(node);
      case Kind::selection:
      case Kind::arm: return keep_any(node, 0);
      case Kind::loop: return keep_loop(node);
      case Kind::function: return names_.contains(node.words[0]) && node.parts[0].acts && keep_any(node, 0);
      default: return keep_whole(node);
    }
  }

 private:
  bool is_needed(const ShellNode& node) const {
    const auto use = use_of(node.words);
    if (use.role == CommandRole::control) return node.line < last_ && !is_failure(node.words);
    return use.role == CommandRole::sets &&
           std::ranges::any_of(use.sets, [this](const auto& name) { return names_.contains(name); });
  }
  bool keep_parts(ShellNode& node, std::size_t from) const {
    std::vector<ShellNode> kept;
    for (std::size_t i = 0; i < node.parts.size(); ++i)
      if (i < from || keep(node.parts[i])) kept.push_back(std::move(node.parts[i]));
    node.parts = std::move(kept);
    return node.parts.size() > from;
  }
  // All parts stay, each with less, if anything stays.
  bool keep_any(ShellNode& node, std::size_t from) const {
    bool out = node.acts && node.parts.empty();
    for (std::size_t i = from; i < node.parts.size(); ++i) out = keep(node.parts[i]) || out;
    return out;
  }
  bool has_needed(const ShellNode& node) const {
    return (node.kind == Kind::simple && (node.acts || is_needed(node))) ||
           std::ranges::any_of(node.parts, [this](const auto& part) { return has_needed(part); });
  }
  bool keep_whole(const ShellNode& node) const { return has_needed(node); }
  bool keep_branches(ShellNode& node) const {
    bool out = false;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      const bool is_condition = i % 2 == 0 && i + 1 < node.parts.size(), is_else = i % 2 == 0 && !is_condition;
      const bool stays = is_condition ? has_needed(node.parts[i]) : keep(node.parts[i]);
      out = stays || out;
      if (is_else && !stays) node.parts.pop_back();
    }
    return out;
  }
  bool keep_loop(ShellNode& node) const {
    const bool condition_acts = node.parts.size() == 2 && has_needed(node.parts[0]);
    return keep(node.parts.back()) || condition_acts;
  }

  const Names& names_;
  unsigned last_;
};

void add_acting(const ShellNode& node, std::vector<std::string>& out) {
  const auto first = assignments_of(node.words);
  if (node.kind == Kind::simple && node.acts && first < node.words.size()) {
    const auto& command = node.words[first];
    if (std::ranges::find(out, command) == out.end()) out.push_back(command);
  }
  for (const auto& part : node.parts) add_acting(part, out);
}

}  // namespace

ShellNode reduced(const ShellNode& script) {
  const auto last = last_action(script);
  Names names;
  for (unsigned round = 0; round < most_rounds; ++round) {
    auto kept = script;
    Actions(names, last).keep(kept);
    auto more = names;
    add_names(kept, more);
    if (more.size() == names.size()) return kept;
    names = std::move(more);
  }
  throw UnknownSyntax{script.line};
}

std::vector<std::string> acting_commands(const ShellNode& node) {
  std::vector<std::string> out;
  add_acting(node, out);
  return out;
}

}  // namespace lapstrake::packages::deb::shell
