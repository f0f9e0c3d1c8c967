#include "script_walk.hpp"

#include <algorithm>
#include <functional>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "script_commands.hpp"
#include "script_guards.hpp"
#include "script_state.hpp"
#include "shell_lexer.hpp"
#include "written_text.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Kind = ShellNode::Kind;
using Words = std::vector<std::string>;

constexpr unsigned most_substitutions = 8;  // in each other
constexpr unsigned most_calls = 6;          // of functions in each other

struct Outcome {
  ShellNode node = {};
  Truth truth = Truth::unknown;
  Ends ends = Ends::no;  // what is behind it in the list is not executed
};

void for_each_node(const ShellNode& node, const std::function<void(const ShellNode&)>& act) {
  act(node);
  for (const auto& part : node.parts) for_each_node(part, act);
}

class Walk {
 public:
  // `commands`: how many have been looked at, of all scripts in each other.
  Walk(const ShellNode& script, const ScriptFacts& facts, std::size_t& commands, unsigned depth)
      : state_(facts), all_variables_(variables_set_in(script)), commands_(commands), depth_(depth) {
    if (all_variables_.contains("IFS")) state_.variables.forbid_division();
    for_each_node(script, [this](const ShellNode& node) {
      if (node.kind != Kind::function) return;
      auto& function = functions_[node.words[0]];
      function.bodies.push_back(&node.parts[0]);
      note_commands(node, function);
      function_variables_.merge(variables_set_in(node));
    });
    // Others are defined under a condition, or by another function.
    for (const auto& part : script.parts)
      if (part.kind == Kind::function) functions_[part.words[0]].is_certain = true;
  }

  // `certain`: it is executed if the script comes to it.
  Outcome outcome(const ShellNode& node, bool certain) {
    count(1);
    switch (node.kind) {
      case Kind::simple: return simple(node, certain && state_.possible_end == Ends::no);
      case Kind::list: return list(node, certain);
      case Kind::both:
      case Kind::either: return conjunction(node, certain);
      case Kind::negation: return negation(node, certain);
      case Kind::group: return group(node, certain);
      case Kind::branches: return branches(node, certain);
      case Kind::selection: return selection(node, certain);
      case Kind::loop: return loop(node, certain);
      case Kind::function: return function(node);
      default: return all(node);
    }
  }
  std::vector<Effect> effects() && { return std::move(state_).effects(); }

 private:
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
    if (depth_ > most_substitutions) return true;
    count(text.size() / 16);
    const auto script = parse_shell(text);
    Walk inner(script, {}, commands_, depth_ + 1);
    for (const auto& [name, function] : functions_) inner.functions_.try_emplace(name, function);
    return inner.outcome(script, false).node.acts;
  }
  bool any_acts(const Words& words) {
    try {
      return std::ranges::any_of(words, [this](const auto& word) { return acts(word); });
    } catch (const UnknownSyntax&) {
      return true;
    }
  }

  // The node without its parts.
  ShellNode head(const ShellNode& node) {
    return {.kind = node.kind,
            .line = node.line,
            .words = node.words,
            .redirections = node.redirections,
            .parts = {},
            .acts = std::ranges::any_of(node.redirections, writes_file) || any_acts(node.words) ||
                    any_acts(node.redirections)};
  }
  static void add(ShellNode& node, ShellNode part) {
    node.acts = node.acts || part.acts;
    node.parts.push_back(std::move(part));
  }
  const ShellValues& values() const { return state_.variables.values(); }
  void count(std::size_t commands) {
    commands_ += commands;
    if (commands_ > limits::script_commands) throw UnknownSyntax{1};
  }
  ScriptState::Mark mark() {
    count(values().size() / 16);
    return state_.mark();
  }
  // Of a part that may be executed several times, or never.
  void forget_variables_of(const ShellNode& node) {
    state_.variables.forget(variables_set_in(node));
    state_.variables.forget(function_variables_);
  }

  Outcome simple(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node), .truth = state_.truth_of(node.words)};
    const auto first = assignments_of(node.words);
    const Words words(node.words.begin() + static_cast<std::ptrdiff_t>(first), node.words.end());
    const auto use = use_of(node.words);
    if (use.role == CommandRole::sets && !node.words.empty()) {
      state_.variables.assign(node.words, certain);
      return out;
    }
    const bool is_readable = certain && first == 0 && !any_acts(node.words) && !any_acts(node.redirections);
    if (out.node.acts && is_readable && state_.read_text(node)) out.node.acts = false;
    if (words.empty()) return out;
    if (const auto function = functions_.find(words[0]); function != functions_.end()) {
      call(words, function->second, certain, out);
      return out;
    }
    end(words, certain, out);
    if (words[0] == "umask") state_.set_umask(words, certain);
    if (words[0] == "shift") state_.variables.forget_positional();
    if (use.role != CommandRole::action) return out;
    if (is_readable && !out.node.acts && state_.read_command(words))
      out.truth = Truth::yes;
    else
      out.node.acts = out.node.acts || first > 0 || !state_.is_harmless(words);
    return out;
  }

  void end(const Words& words, bool certain, Outcome& out) {
    out.ends = ends_of(words);
    if (out.ends == Ends::no) return;
    if (!certain && !is_failure(words)) state_.possible_end = std::max(state_.possible_end, out.ends);
    if (words.size() == 2 && (words[1] == "0" || words[1] == "1")) out.truth = words[1] == "0" ? Truth::yes : Truth::no;
  }

  struct Function {
    std::vector<const ShellNode*> bodies = {};  // of all definitions
    bool is_certain = false, may_end_script = false, may_set_umask = false;
    enum class Acts { unknown, visiting, yes, no } acts = Acts::unknown;
  };

  static void note_commands(const ShellNode& body, Function& function) {
    for_each_node(body, [&](const ShellNode& node) {
      if (node.kind != Kind::simple || node.words.empty()) return;
      if (ends_of(node.words) == Ends::script && !is_failure(node.words)) function.may_end_script = true;
      if (node.words[0] == "umask") function.may_set_umask = true;
    });
  }

  // With the arguments of this call, if everything in the function is certain then.
  void call(const Words& words, Function& function, bool certain, Outcome& out) {
    const bool is_known = function.is_certain && function.bodies.size() == 1;
    const bool is_readable = certain && is_known && calls_ < most_calls && !out.node.acts;
    if (is_readable && reads_call(words, *function.bodies[0], out)) return;
    out.node.acts = out.node.acts || function_acts(function);
    state_.variables.forget(function_variables_);
    if (function.may_set_umask) state_.forget_umask();
    if (function.may_end_script) state_.possible_end = Ends::script;
  }

  bool reads_call(const Words& words, const ShellNode& function, Outcome& out) {
    auto before = mark();
    state_.variables.set_positional(words);
    ++calls_;
    auto body = outcome(function, true);
    --calls_;
    if (body.node.acts || state_.possible_end == Ends::script) {
      state_.restore(std::move(before));
      return false;
    }
    state_.possible_end = before.possible_end;
    state_.variables.set_positional_of(before.variables);
    out.truth = body.truth;
    if (body.ends == Ends::script) out.ends = Ends::script;
    return true;
  }

  bool function_acts(Function& function) {
    if (function.acts == Function::Acts::unknown) {
      function.acts = Function::Acts::visiting;
      bool found = false;
      for (const auto* body : function.bodies) found = body_of(*body).acts || found;
      function.acts = found ? Function::Acts::yes : Function::Acts::no;
    }
    return function.acts != Function::Acts::no;
  }

  // With any positional parameters, at any time.
  ShellNode body_of(const ShellNode& body) {
    auto before = mark();
    state_.variables.forget_positional();
    state_.variables.forget(all_variables_);
    auto out = outcome(body, false).node;
    state_.restore(std::move(before));
    return out;
  }

  // A definition does nothing by itself.
  Outcome function(const ShellNode& node) {
    Outcome out{.node = node};
    out.node.parts = {body_of(node.parts[0])};
    return out;
  }

  Outcome list(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node)};
    for (const auto& part : node.parts) {
      auto next = outcome(part, certain);
      out.truth = next.truth;
      out.ends = next.ends;
      add(out.node, std::move(next.node));
      if (out.ends != Ends::no) break;
    }
    return out;
  }

  Outcome all(const ShellNode& node) {
    Outcome out{.node = head(node)};
    for (const auto& part : node.parts) add(out.node, outcome(part, false).node);
    return out;
  }

  Outcome negation(const ShellNode& node, bool certain) {
    auto part = outcome(node.parts[0], certain);
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

  // Whether the effects of the body are certain, since its guard is about what they create.
  std::optional<Outcome> guarded(const ShellNode& body, const std::optional<Guard>& guard, bool certain) {
    if (!guard || !certain || state_.possible_end != Ends::no) return std::nullopt;
    auto before = mark();
    auto out = outcome(body, true);
    const bool is_read = !out.node.acts && out.ends == Ends::no && state_.possible_end == Ends::no &&
                         state_.merge_guarded(before.effects, *guard);
    if (!is_read) {
      state_.restore(std::move(before));
      return std::nullopt;
    }
    state_.forget_umask_unless(before);
    forget_variables_of(body);
    return out;
  }

  Outcome conjunction(const ShellNode& node, bool certain) {
    auto left = outcome(node.parts[0], certain);
    if (left.ends != Ends::no) return left;
    const auto continues = node.kind == Kind::both ? Truth::yes : Truth::no;
    if (left.truth == !continues) return left;
    const bool is_decided = left.truth == continues && !left.node.acts;
    const auto guard = node.kind == Kind::both ? guard_of(left.node, values()) : existence_of(left.node, values());
    const bool is_guard = !is_decided && !left.node.acts && guarded(node.parts[1], guard, certain);
    if (is_guard) return left;
    auto right = outcome(node.parts[1], certain && is_decided);
    if (is_decided) return right;
    // `A && true` is A.
    if (right.truth == continues && !right.node.acts && right.ends == Ends::no) return left;
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
      const bool is_first = out.node.parts.empty();
      auto condition = is_else ? Outcome{.truth = Truth::yes} : outcome(node.parts[i], certain && is_first);
      if (condition.node.acts) condition.truth = Truth::unknown;
      if (condition.truth == Truth::no) continue;
      const bool is_last = condition.truth == Truth::yes;
      const auto& body_node = node.parts[is_else ? i : i + 1];
      if (is_first && is_last) return with_redirections(outcome(body_node, certain), out.node);
      auto body = is_first ? guarded(body_node, guard_of(condition.node, values()), certain) : std::nullopt;
      if (!body) body = outcome(body_node, false);
      if (!is_last) add(out.node, std::move(condition.node));
      add(out.node, std::move(body->node));
      if (is_last) break;
    }
    if (out.node.parts.empty()) out.node.kind = Kind::list;
    return out;
  }

  Outcome selection(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node)};
    const auto subject = expanded(node.words[0], values());
    for (const auto& arm : node.parts) {
      Truth matches = Truth::no;
      for (const auto& pattern : arm.words)
        if (const auto truth = matches_pattern(pattern, subject, values()); truth != Truth::no && matches != Truth::yes)
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
    ShellNode group{.kind = Kind::group,
                    .line = compound.line,
                    .words = {},
                    .redirections = compound.redirections,
                    .parts = {},
                    .acts = compound.acts};
    add(group, std::move(body.node));
    body.node = std::move(group);
    return body;
  }

  // `for x in a b`: each turn by itself, if all of them are certain.
  Outcome loop(const ShellNode& node, bool certain) {
    const auto before = mark();
    forget_variables_of(node);
    auto out = all(node);
    if (state_.possible_end == Ends::loop) state_.possible_end = before.possible_end;
    const bool is_for = node.words.size() > 3 && node.words[0] == "for" && node.words[2] == "in";
    if (!certain || !is_for || before.possible_end != Ends::no || head(node).acts) return out;
    auto after = mark();
    state_.restore(before);
    if (reads_turns(node)) return {.node = {.kind = Kind::list, .line = node.line}};
    state_.restore(std::move(after));
    return out;
  }

  bool reads_turns(const ShellNode& node) {
    const auto items = state_.variables.expanded_words({node.words.begin() + 3, node.words.end()});
    if (!items) return false;
    for (const auto& item : *items) {
      if (item.find_first_of("*?[{~") != item.npos) return false;
      state_.variables.set(node.words[1], item);
      const auto turn = outcome(node.parts[0], true);
      if (turn.node.acts || turn.ends != Ends::no || state_.possible_end != Ends::no) return false;
    }
    return true;
  }

  ScriptState state_;
  std::set<std::string> all_variables_, function_variables_;
  std::size_t& commands_;
  unsigned depth_, calls_ = 0;
  std::map<std::string, Function, std::less<>> functions_;
};

}  // namespace

WalkedScript walk_script(const ShellNode& script, const ScriptFacts& facts) {
  std::size_t commands = 0;
  Walk walk(script, facts, commands, 0);
  auto rest = walk.outcome(script, facts.certain).node;
  return {.rest = std::move(rest), .effects = std::move(walk).effects()};
}

}  // namespace lapstrake::packages::deb::shell
