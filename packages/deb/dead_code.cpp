#include "dead_code.hpp"

#include <algorithm>
#include <functional>
#include <lapstrake/base/text.hpp>

#include "script_commands.hpp"
#include "shell_lexer.hpp"

namespace lapstrake::packages::deb {
namespace {

using Kind = ShellNode::Kind;

struct Outcome {
  ShellNode node;
  Truth truth = Truth::unknown;
  bool ends = false;  // the script does not continue behind it
};

void for_each_node(const ShellNode& node, const std::function<void(const ShellNode&)>& act) {
  act(node);
  for (const auto& part : node.parts) for_each_node(part, act);
}

// ">/dev/null", "2>&1", "<file".
bool writes(std::string_view redirection) {
  const auto at = redirection.find('>');
  if (redirection.find("<<") != redirection.npos || at == redirection.npos) return false;
  auto target = redirection.substr(at + 1);
  if (target.starts_with('&')) return target.find_first_not_of("0123456789-", 1) != target.npos;
  if (target.starts_with('>') || target.starts_with('|')) target.remove_prefix(1);
  return target != "/dev/null" && target != "/dev/stderr" && target != "/dev/stdout" && target != "/dev/tty";
}

class Walk {
 public:
  Walk(const ShellNode& script, ShellValues values, unsigned depth) : values_(std::move(values)), depth_(depth) {
    for_each_node(script, [this](const ShellNode& node) { note(node); });
  }

  // `certain`: it is executed if the script comes to it.
  Outcome outcome(const ShellNode& node, bool certain) {
    switch (node.kind) {
      case Kind::simple: return simple(node, certain);
      case Kind::list: return list(node, certain);
      case Kind::pipeline: return all(node);
      case Kind::both:
      case Kind::either: return conjunction(node, certain);
      case Kind::negation: return negation(node);
      case Kind::group: return group(node, certain);
      case Kind::branches: return branches(node, certain);
      case Kind::selection: return selection(node, certain);
      case Kind::function: return function(node);
      default: return all(node);
    }
  }

 private:
  // Names of functions, and how often variables are assigned.
  void note(const ShellNode& node) {
    if (node.kind == Kind::function) functions_.try_emplace(node.words[0], Function{&node.parts[0]});
    if (node.kind == Kind::loop && node.words.size() > 1) assigned_[node.words[1]] += 2;
    if (node.kind != Kind::simple) return;
    for (const auto& name : use_of(node.words).sets) ++assigned_[name];
    for (std::size_t i = 0; i < assignments_of(node.words); ++i) ++assigned_[std::string(assigned_name(node.words[i]))];
  }

  // Whether a command substitution in the word acts. Quotes do not matter: too much is looked at, not too little.
  bool acts(std::string_view word) {
    for (std::size_t at = 0; at < word.size();) {
      const bool is_substitution = word[at] == '`' || (word.substr(at, 2) == "$(" && word.substr(at, 3) != "$((");
      if (!is_substitution) {
        ++at;
        continue;
      }
      const auto end = end_of_unit(word, at);
      const std::size_t open = word[at] == '`' ? 1 : 2;
      if (script_acts(word.substr(at + open, end - at - open - 1))) return true;
      at = end;
    }
    return false;
  }
  bool script_acts(std::string_view text) {
    if (depth_ > 8) return true;
    const auto script = parse_shell(text);
    Walk inner(script, {}, depth_ + 1);
    for (const auto& [name, function] : functions_) inner.functions_.try_emplace(name, function);
    return inner.outcome(script, false).node.acts;
  }
  bool any_acts(const std::vector<std::string>& words) {
    try {
      return std::ranges::any_of(words, [this](const auto& word) { return acts(word); });
    } catch (const UnknownSyntax&) {
      return true;
    }
  }

  // The node without its parts.
  ShellNode head(const ShellNode& node) {
    return {
        .kind = node.kind,
        .line = node.line,
        .words = node.words,
        .redirections = node.redirections,
        .acts = std::ranges::any_of(node.redirections, writes) || any_acts(node.words) || any_acts(node.redirections)};
  }
  static void add(ShellNode& node, ShellNode part) {
    node.acts = node.acts || part.acts;
    node.parts.push_back(std::move(part));
  }

  Outcome simple(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node), .truth = truth_of(node.words, values_)};
    if (node.words.empty()) return out;
    const auto use = use_of(node.words);
    const auto first = assignments_of(node.words);
    const auto command = first < node.words.size() ? std::string_view(node.words[first]) : std::string_view();
    if (const auto function = functions_.find(command); function != functions_.end())
      out.node.acts = out.node.acts || function_acts(function->second);
    else
      out.node.acts = out.node.acts || use.role == CommandRole::action;
    out.ends = command == "exit" || command == "return";
    if (certain && command.empty()) assign(node.words);
    return out;
  }

  // A variable that the script assigns only once is known from here on.
  void assign(const std::vector<std::string>& words) {
    for (const auto& word : words) {
      const std::string name(assigned_name(word));
      if (assigned_[name] != 1) continue;
      if (const auto value = expanded(std::string_view(word).substr(name.size() + 1), values_)) values_[name] = *value;
    }
  }

  Outcome list(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node)};
    for (const auto& part : node.parts) {
      auto next = outcome(part, certain);
      out.truth = next.truth;
      out.ends = next.ends;
      add(out.node, std::move(next.node));
      if (out.ends) break;
    }
    return out;
  }

  Outcome all(const ShellNode& node) {
    Outcome out{.node = head(node)};
    for (const auto& part : node.parts) add(out.node, outcome(part, false).node);
    return out;
  }

  Outcome negation(const ShellNode& node) {
    auto part = outcome(node.parts[0], false);
    Outcome out{.node = head(node), .truth = !part.truth, .ends = part.ends};
    add(out.node, std::move(part.node));
    return out;
  }

  Outcome group(const ShellNode& node, bool certain) {
    auto part = outcome(node.parts[0], certain);
    Outcome out{.node = head(node), .truth = part.truth, .ends = part.ends};
    add(out.node, std::move(part.node));
    return out;
  }

  Outcome conjunction(const ShellNode& node, bool certain) {
    auto left = outcome(node.parts[0], certain);
    if (left.ends) return left;
    const auto continues = node.kind == Kind::both ? Truth::yes : Truth::no;
    if (left.truth == !continues) return left;
    const bool is_decided = left.truth == continues && !left.node.acts;
    auto right = outcome(node.parts[1], certain && is_decided);
    if (is_decided) return right;
    Outcome out{.node = head(node), .truth = right.truth == !continues ? right.truth : Truth::unknown};
    add(out.node, std::move(left.node));
    add(out.node, std::move(right.node));
    return out;
  }

  // Of `if`: branches before a certain one stay if they are possible.
  Outcome branches(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node)};
    for (std::size_t i = 0; i < node.parts.size(); i += 2) {
      const bool is_else = i + 1 == node.parts.size();
      auto condition = is_else ? Outcome{.truth = Truth::yes} : outcome(node.parts[i], certain && i == 0);
      if (condition.node.acts) condition.truth = Truth::unknown;
      if (condition.truth == Truth::no) continue;
      const bool is_first = out.node.parts.empty(), is_last = condition.truth == Truth::yes;
      auto body = outcome(node.parts[is_else ? i : i + 1], certain && is_first && is_last);
      if (is_first && is_last) return with_redirections(std::move(body), out.node);
      if (!is_last) add(out.node, std::move(condition.node));
      add(out.node, std::move(body.node));
      if (is_last) break;
    }
    if (out.node.parts.empty()) out.node.kind = Kind::list;
    return out;
  }

  Outcome selection(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node)};
    const auto subject = expanded(node.words[0], values_);
    for (const auto& arm : node.parts) {
      Truth matches = Truth::no;
      for (const auto& pattern : arm.words)
        if (const auto truth = matches_pattern(pattern, subject, values_); truth != Truth::no && matches != Truth::yes)
          matches = truth;
      if (matches == Truth::no) continue;
      const bool is_only = out.node.parts.empty() && matches == Truth::yes;
      auto body = outcome(arm.parts[0], certain && is_only);
      if (is_only) return with_redirections(std::move(body), out.node);
      auto kept = head(arm);
      add(kept, std::move(body.node));
      add(out.node, std::move(kept));
      if (matches == Truth::yes) break;
    }
    if (out.node.parts.empty()) out.node.kind = Kind::list;
    return out;
  }

  // The redirections of a compound command of which one branch is left.
  static Outcome with_redirections(Outcome body, const ShellNode& compound) {
    if (compound.redirections.empty()) return body;
    ShellNode group{
        .kind = Kind::group, .line = compound.line, .redirections = compound.redirections, .acts = compound.acts};
    add(group, std::move(body.node));
    body.node = std::move(group);
    return body;
  }

  struct Function {
    const ShellNode* body = nullptr;
    enum class State { unknown, visiting, acts, harmless } state = State::unknown;
  };

  bool function_acts(Function& function) {
    if (function.state == Function::State::unknown) {
      function.state = Function::State::visiting;
      const bool found = body_of(*function.body).acts;
      function.state = found ? Function::State::acts : Function::State::harmless;
    }
    return function.state != Function::State::harmless;
  }

  // Its positional parameters are unknown.
  ShellNode body_of(const ShellNode& body) {
    auto values = values_;
    std::erase_if(values_, [](const auto& value) { return value.first[0] >= '0' && value.first[0] <= '9'; });
    auto out = outcome(body, false).node;
    values_ = std::move(values);
    return out;
  }

  // A definition does nothing by itself.
  Outcome function(const ShellNode& node) {
    Outcome out{.node = node};
    out.node.parts = {body_of(node.parts[0])};
    return out;
  }

  ShellValues values_;
  unsigned depth_;
  std::map<std::string, Function, std::less<>> functions_;
  std::map<std::string, unsigned, std::less<>> assigned_;
};

}  // namespace

ShellNode without_dead_code(const ShellNode& script, const ShellValues& values) {
  return Walk(script, values, 0).outcome(script, true).node;
}

}  // namespace lapstrake::packages::deb
