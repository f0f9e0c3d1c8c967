// Results on stdout, talk on stderr: the only place that prints. All that passes here is free of secrets and of what
// would move a terminal, whoever wrote it.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/world.hpp>
#include <lapstrake/spec/diagnostic.hpp>
#include <memory>
#include <string>
#include <vector>

namespace lapstrake::cli {

// A value; safe to use from several threads.
class Printer {
 public:
  explicit Printer(const World& world);

  // Error{input} when stdout cannot take it (a full disk, a closed pipe): a result that got lost is no success.
  void result(const std::string& text) const;
  // The same for JSON, which stays JSON and means the same but for the secrets.
  void json_result(const std::string& text) const;
  void talk(const std::string& text) const;
  void error(const Error& error) const;
  void diagnostics(const std::vector<spec::Diagnostic>& diagnostics, bool warnings) const;
  // What was made of clean() texts and of our own escape sequences.
  static void draw(const std::string& text);

  std::string clean(const std::string& text) const;
  std::string clean_json(const std::string& text) const;

 private:
  std::shared_ptr<const Redactor> secrets_;
  bool colours_;
};

bool stderr_is_terminal();
unsigned stderr_columns();
bool colours_wanted(const Environment& environment);

// "error:", "warning:", "help:" and carets in colour, if wanted.
std::string coloured(const std::string& report, bool colours);

}  // namespace lapstrake::cli
