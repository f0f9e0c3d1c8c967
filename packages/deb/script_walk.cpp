#include "script_walk.hpp"

#include <algorithm>
#include <functional>
#include <lapstrake/base/text.hpp>
#include <set>

#include "command_effects.hpp"
#include "script_commands.hpp"
#include "script_guards.hpp"
#include "script_variables.hpp"
#include "shell_lexer.hpp"
#include "written_text.hpp"

namespace lapstrake::packages::deb {
namespace {

using Kind = ShellNode::Kind;
using Words = std::vector<std::string>;

constexpr unsigned most_substitutions = 8;  // in each other
constexpr unsigned most_calls = 6;          // of functions in each other
constexpr unsigned most_commands = 20'000;  // looked at: functions and loops are looked at more than once

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
  Walk(const ShellNode& script, const ScriptFacts& facts, unsigned depth)
      : shipped_(facts.shipped), variables_(facts.values), all_variables_(variables_set_in(script)), depth_(depth) {
    for_each_node(script, [this](const ShellNode& node) {
      if (node.kind != Kind::function) return;
      functions_[node.words[0]].bodies.push_back(&node.parts[0]);
      function_variables_.merge(variables_set_in(node));
    });
  }

  // `certain`: it is executed if the script comes to it.
  Outcome outcome(const ShellNode& node, bool certain) {
    if (++commands_ > most_commands) throw UnknownSyntax{node.line};
    switch (node.kind) {
      case Kind::simple: return simple(node, certain && possible_end_ == Ends::no);
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
  // With the text that was appended to files.
  std::vector<Effect> effects() && {
    std::vector<Effect> out;
    for (auto& effect : effects_) {
      if (effect.verb != "append") {
        out.push_back(std::move(effect));
        continue;
      }
      const auto file = std::ranges::find_if(
          out, [&](const Effect& earlier) { return earlier.verb == "file" && earlier.words[0] == effect.words[0]; });
      if (file->words.size() < 4) file->words.emplace_back();
      file->words[3] += effect.words[1];
    }
    return out;
  }

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
    const auto script = parse_shell(text);
    Walk inner(script, {}, depth_ + 1);
    for (const auto& [name, function] : functions_) inner.functions_.try_emplace(name, function);
    inner.commands_ = commands_;
    const bool out = inner.outcome(script, false).node.acts;
    commands_ = inner.commands_;
    return out;
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
  ScriptFacts facts() const { return {.values = variables_.values(), .shipped = shipped_}; }
  const ShellValues& values() const { return variables_.values(); }

  Outcome simple(const ShellNode& node, bool certain) {
    Outcome out{.node = head(node), .truth = truth_of(node.words, facts())};
    const auto first = assignments_of(node.words);
    const Words words(node.words.begin() + static_cast<std::ptrdiff_t>(first), node.words.end());
    const auto use = use_of(node.words);
    if (use.role == CommandRole::sets && !node.words.empty()) {
      variables_.assign(node.words, certain);
      return out;
    }
    if (out.node.acts && certain && first == 0 && read_text(node)) out.node.acts = false;
    if (words.empty()) return out;
    if (const auto function = functions_.find(words[0]); function != functions_.end()) {
      call(words, function->second, certain, out);
      return out;
    }
    end(words, certain, out);
    if (words[0] == "umask") set_umask(words, certain);
    if (use.role != CommandRole::action) return out;
    if (certain && first == 0 && !out.node.acts && read_effects(words, out)) return out;
    out.node.acts = true;
    return out;
  }

  void end(const Words& words, bool certain, Outcome& out) {
    out.ends = ends_of(words);
    if (out.ends == Ends::no) return;
    if (!certain && !is_failure(words)) possible_end_ = std::max(possible_end_, out.ends);
    if (words.size() == 2 && (words[1] == "0" || words[1] == "1")) out.truth = words[1] == "0" ? Truth::yes : Truth::no;
  }

  void set_umask(const Words& words, bool certain) {
    umask_.reset();
    const bool is_octal =
        words.size() == 2 && words[1].size() <= 4 && words[1].find_first_not_of("01234567") == std::string::npos;
    if (certain && is_octal) umask_ = static_cast<unsigned>(std::stoul(words[1], nullptr, 8));
  }

  CommandContext context() const { return {.umask = *umask_, .shipped = shipped_, .effects = effects_}; }
  bool add_effects(std::optional<std::vector<Effect>> effects) {
    if (effects)
      for (auto& effect : *effects) effects_.push_back(std::move(effect));
    return effects.has_value();
  }

  bool read_effects(const Words& words, Outcome& out) {
    auto values = variables_.expanded_words(words);
    if (!values || values->empty() || !umask_) return false;
    // `"$@"` in a function: the command is an argument.
    if ((*values)[0] != words[0] && use_of(*values).role != CommandRole::action) return true;
    if (!add_effects(effects_of_command(*values, context()))) return false;
    out.truth = Truth::yes;
    return true;
  }

  bool read_text(const ShellNode& node) {
    if (any_acts(node.words) || any_acts(node.redirections) || !umask_) return false;
    const auto written = written_text(node, variables_);
    return written && add_effects(effects_of_text(written->path, written->text, written->appends, context()));
  }

  // What can be undone when it turns out that a part is not certain after all.
  struct State {
    std::size_t effects;
    Ends possible_end;
    std::optional<unsigned> umask;
    ScriptVariables variables;
  };
  State state() const { return {effects_.size(), possible_end_, umask_, variables_}; }
  void restore(State state) {
    effects_.resize(state.effects);
    possible_end_ = state.possible_end;
    umask_ = state.umask;
    variables_ = std::move(state.variables);
  }

  struct Function {
    std::vector<const ShellNode*> bodies = {};  // of all definitions
    enum class Acts { unknown, visiting, yes, no } acts = Acts::unknown;
  };

  // With the arguments of this call, if everything in the function is certain then.
  void call(const Words& words, Function& function, bool certain, Outcome& out) {
    const bool is_readable = certain && calls_ < most_calls && !out.node.acts && function.bodies.size() == 1;
    if (is_readable && reads_call(words, *function.bodies[0], out)) return;
    out.node.acts = out.node.acts || function_acts(function);
    variables_.forget(function_variables_);
    umask_.reset();
    if (may_end_script(function)) possible_end_ = Ends::script;
  }

  bool reads_call(const Words& words, const ShellNode& function, Outcome& out) {
    auto before = state();
    variables_.set_positional(words);
    ++calls_;
    auto body = outcome(function, true);
    --calls_;
    if (body.node.acts || possible_end_ == Ends::script) {
      restore(std::move(before));
      return false;
    }
    possible_end_ = before.possible_end;
    variables_.set_positional_of(before.variables);
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
  static bool may_end_script(const Function& function) {
    bool out = false;
    for (const auto* body : function.bodies)
      for_each_node(*body, [&](const ShellNode& node) {
        const bool ends = node.kind == Kind::simple && ends_of(node.words) == Ends::script && !is_failure(node.words);
        out = out || ends;
      });
    return out;
  }

  // With any positional parameters, at any time.
  ShellNode body_of(const ShellNode& body) {
    auto before = state();
    variables_.forget_positional();
    variables_.forget(all_variables_);
    auto out = outcome(body, false).node;
    restore(std::move(before));
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
    if (!guard || !certain || possible_end_ != Ends::no) return std::nullopt;
    auto before = state();
    auto out = outcome(body, true);
    const bool is_read = !out.node.acts && out.ends == Ends::no && possible_end_ == Ends::no &&
                         merge_guarded(effects_, before.effects, *guard);
    if (!is_read) {
      restore(std::move(before));
      return std::nullopt;
    }
    umask_ = before.umask;
    variables_.forget(variables_set_in(body));
    variables_.forget(function_variables_);
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
    const auto before = state();
    variables_.forget(variables_set_in(node));
    variables_.forget(function_variables_);
    auto out = all(node);
    if (possible_end_ == Ends::loop) possible_end_ = before.possible_end;
    const bool is_for = node.words.size() > 3 && node.words[0] == "for" && node.words[2] == "in";
    if (!certain || !is_for || before.possible_end != Ends::no || head(node).acts) return out;
    auto after = state();
    restore(before);
    if (reads_turns(node)) return {.node = {.kind = Kind::list, .line = node.line}};
    restore(std::move(after));
    return out;
  }

  bool reads_turns(const ShellNode& node) {
    const auto items = variables_.expanded_words({node.words.begin() + 3, node.words.end()});
    if (!items) return false;
    for (const auto& item : *items) {
      if (item.find_first_of("*?[{~") != item.npos) return false;
      variables_.set(node.words[1], item);
      const auto turn = outcome(node.parts[0], true);
      if (turn.node.acts || turn.ends != Ends::no || possible_end_ != Ends::no) return false;
    }
    return true;
  }

  const std::function<Shipped(std::string_view)> shipped_;
  ScriptVariables variables_;
  std::set<std::string> all_variables_, function_variables_;
  unsigned depth_, calls_ = 0, commands_ = 0;
  std::optional<unsigned> umask_ = 022;
  Ends possible_end_ = Ends::no;  // what a condition that is not known may have ended
  std::vector<Effect> effects_;
  std::map<std::string, Function, std::less<>> functions_;
};

}  // namespace

WalkedScript walk_script(const ShellNode& script, const ScriptFacts& facts) {
  Walk walk(script, facts, 0);
  auto rest = walk.outcome(script, facts.certain).node;
  return {.rest = std::move(rest), .effects = std::move(walk).effects()};
}

}  // namespace lapstrake::packages::deb
