// `${vars.N}`, `${env.N}`, `${env.N:-default}`, `${git.commit}`, and the check of those that only a build can fill.
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
  // Of a document after its environment was laid over it. `chosen`: it is the one that was asked for; of another one,
  // what this machine does not define (an environment variable, a commit) is no mistake.
  Variables(const Node& document, const ReadOptions& options, bool chosen, Findings& findings);

  // Fills every value of the document but those of `vars:` and `environments:`. A value with a mistake is marked as
  // unresolved.
  void fill(Node& document);

  // Fills a string of the file `source`, in which every other `${...}` is that file's own and stays. Nothing after a
  // mistake.
  std::optional<std::string> fill_foreign(std::string_view text, const SourceText& source);

 private:
  struct Scope {
    bool images = false, platform = false;  // these variables may stand here, and are left for the build
    bool foreign = false;                   // what is not lapstrake's own stays as it is
  };
  // What is wrong with the variable `token`, and a hint.
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
  std::set<std::string, std::less<>> public_;  // variables that look like credentials and are not
  std::size_t grown_ = 0;                      // bytes that filling in has made
};

}  // namespace lapstrake::spec
