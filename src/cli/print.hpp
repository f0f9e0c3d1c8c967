// Prints results to stdout and messages to stderr; nothing else in the program prints. Secrets and terminal control
// characters are removed from all text.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/base/styled_text.hpp>
#include <memory>
#include <string>
#include <vector>

namespace lapstrake::cli {

// A value; safe to use from several threads.
class Printer {
 public:
  explicit Printer(const Runtime& runtime);

  // Error{input} if writing to stdout fails (full disk, closed pipe): a lost result must not look like success.
  void result(const std::string& text) const;
  // The same for JSON: the output is valid JSON with the same values, except for redacted secrets.
  void json_result(const std::string& text) const;
  void message(const std::string& text) const;
  // In colours on a terminal.
  void message(const StyledText& text) const;
  void error(const Error& error) const;
  void findings(const std::vector<Finding>& findings, bool warnings) const;
  // Writes text that is already clean(), with our own escape sequences.
  static void draw(const std::string& text);

  std::string clean(const std::string& text) const;
  std::string clean_json(const std::string& text) const;
  // The text of each span is cleaned.
  std::string rendered(const StyledText& text, bool colours) const;

 private:
  std::shared_ptr<const Redactor> secrets_;
  bool colours_;
};

bool stderr_is_terminal();
unsigned stderr_columns();
bool colours_wanted(const Environment& environment);

}  // namespace lapstrake::cli
