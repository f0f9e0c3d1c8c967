// The state at one point of a script that is followed: variables, the umask, effects so far. It can be undone, since a
// part of the script may turn out not to be certain.
#pragma once
#include <functional>
#include <lapstrake/packages/deb/effect_table.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command_effects.hpp"
#include "script_commands.hpp"
#include "script_guards.hpp"
#include "script_variables.hpp"

namespace lapstrake::packages::deb::shell {

class ScriptState {
 public:
  explicit ScriptState(const ScriptFacts& facts) : variables(facts.values), shipped_(facts.shipped) {}

  ScriptVariables variables;
  // What a condition that is not known may have ended: commands behind it are not certain.
  Ends possible_end = Ends::no;

  Truth truth_of(const std::vector<std::string>& words) const;

  // Whether the effect of a command is known: it is among the effects then.
  bool read_command(const std::vector<std::string>& words);
  // Whether it has no effect, even if it is executed.
  bool is_harmless(const std::vector<std::string>& words) const;
  bool read_text(const ShellNode& command);
  std::size_t effect_count() const { return effects_.size(); }
  // Those from `first` on are under a guard (script_guards.hpp).
  bool merge_guarded(std::size_t first, const Guard& guard);
  // With the text that was appended to files.
  std::vector<Effect> effects() &&;

  void set_umask(const std::vector<std::string>& words, bool certain);
  void forget_umask() { umask_.reset(); }

  struct Mark {
    std::size_t effects, bytes;
    std::optional<unsigned> umask;
    Ends possible_end;
    ScriptVariables variables;
  };
  Mark mark() const { return {effects_.size(), bytes_, umask_, possible_end, variables}; }
  // After a part that may not be executed.
  void forget_umask_unless(const Mark& same) {
    if (umask_ != same.umask) umask_.reset();
  }
  // Also forward again, unless effects were read in between.
  void restore(Mark mark);

 private:
  bool add(std::optional<std::vector<Effect>> effects);
  CommandContext context() const { return {.umask = umask_.value_or(0), .shipped = shipped_, .effects = effects_}; }

  std::function<Shipped(std::string_view)> shipped_;
  std::vector<Effect> effects_;
  std::size_t bytes_ = 0;  // of their words
  std::optional<unsigned> umask_ = 022;
};

}  // namespace lapstrake::packages::deb::shell
