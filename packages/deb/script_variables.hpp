// The values of variables and positional parameters while a script is followed. Uncertain values are forgotten.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "shell_condition.hpp"
#include "shell_parser.hpp"

namespace lapstrake::packages::deb::shell {

class ScriptVariables {
 public:
  // `values`: of a script; its positional parameters are those from "1" on, "#" is their number.
  explicit ScriptVariables(ShellValues values) : values_(std::move(values)) {}
  const ShellValues& values() const { return values_; }

  // The words after expansion, which may be more or fewer; nothing if a part is unknown. Patterns stay as they are.
  std::optional<std::vector<std::string>> expanded_words(const std::vector<std::string>& words) const;

  // The script sets IFS: nobody knows how an expansion without quotes is divided.
  void forbid_division() { divides_ = false; }

  // A command that only sets variables.
  void assign(const std::vector<std::string>& words, bool certain);
  void set(const std::string& name, std::string value) { values_[name] = std::move(value); }
  // All that `names` has.
  void forget(const std::set<std::string>& names);
  // For a function: `words` are its name and arguments.
  void set_positional(const std::vector<std::string>& words);
  void set_positional_of(const ScriptVariables& other);
  void forget_positional();

 private:
  ShellValues values_;
  bool divides_ = true;
};

// The variables that commands in the node set, without those of functions that it calls.
std::set<std::string> variables_set_in(const ShellNode& node);

}  // namespace lapstrake::packages::deb::shell
