// Expands `${vars.N}`, `${env.N}`, `${env.N:-default}` and `${git.commit}`, and checks those that only a build can
// expand.
#pragma once
#include <functional>
#include <lapstrake/spec/read_options.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "findings.hpp"
#include "formats.hpp"
#include "node.hpp"

namespace lapstrake::spec {

class Variables {
 public:
  // For a document with its environment applied. `chosen`: this is the selected environment; in others an undefined
  // environment variable or commit is not an error.
  Variables(const Node& document, const ReadOptions& options, bool chosen, Findings& findings);

  // Expands every value of the document except those of `vars:` and `environments:`. A value with an error is marked as
  // unresolved.
  void fill(Node& document);

  // Expands a string of the file `source`, in which any other `${...}` is kept. Nothing after an error.
  std::optional<std::string> fill_foreign(std::string_view text, const SourceText& source);

 private:
  struct Scope {
    bool images = false, platform = false;  // these variables are allowed here, and are left for the build
    bool foreign = false;                   // other variables are kept
    std::string_view parent = {};           // the key of the list or mapping
  };
  // Reports an error of the variable `token`, with a hint.
  using Report = std::function<void(std::string_view token, std::string message, std::string hint)>;
  struct Var {
    const Node* node = nullptr;
    enum class State { waiting, running, done } state = State::waiting;
    std::optional<std::string> value;
  };

  void fill_node(Node& node, const Scope& scope);
  void check_key(const Member& member);
  std::optional<std::string> filled(std::string_view text, const Scope& scope, const Report& report);
  std::optional<std::string> value(std::string_view token, std::string_view name, const Scope& scope,
                                   const Report& report);
  std::optional<std::string> var(std::string_view token, const std::string& name, const Report& report);
  std::optional<std::string> from_environment(std::string_view token, std::string_view name, const Report& report);
  std::optional<std::string> commit(std::string_view token, std::string_view name, const Report& report);
  std::optional<std::string> image(std::string_view token, const std::string& name, const Scope& scope,
                                   const Report& report);
  std::optional<std::string> platform(std::string_view token, std::string_view name, const Scope& scope,
                                      const Report& report);
  std::optional<std::string> unknown(std::string_view token, std::string_view name, const Report& report);
  Report at(const Node& node);

  const ReadOptions& options_;
  bool chosen_;
  Findings& findings_;
  std::map<std::string, Var> vars_;
  std::set<std::string> images_;
  std::set<std::string, std::less<>> public_;  // variables that look like credentials but are public
  std::size_t grown_ = 0;                      // bytes added by expansion
};

}  // namespace lapstrake::spec
