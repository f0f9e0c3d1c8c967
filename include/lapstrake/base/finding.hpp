// An error or warning about a text that a user wrote: a spec, or a task definition.
#pragma once
#include <cstddef>
#include <lapstrake/base/position.hpp>
#include <lapstrake/base/styled_text.hpp>
#include <string>

namespace lapstrake {

class Error;

struct Finding {
  enum class Severity { error, warning } severity = Severity::error;
  Position where = {};     // line 0: the file as a whole
  std::size_t length = 1;  // columns that the caret underlines
  // In a task definition: a JSON pointer into the document ("/containerDefinitions/0/secrets/1/valueFrom"); for a
  // missing member, the pointer that it would have.
  std::string pointer = {};
  std::string message = {};  // "unknown key `layrs`"
  std::string hint = {};     // under the caret: "did you mean `layers`?"
  std::string line = {};     // the text of the line, without its end
  std::string help = {};     // a fix that needs a separate line
  // The name of the rule if only AWS's reference states it and ECS may accept the value: such a finding can be ignored.
  std::string rule = {};
};

// The error at this position: summary and reason as the message.
Finding finding_of(const Error& error, const Position& where);

// The text for a terminal: "error: ...", " --> file:line:column", the line, the caret and the hint.
std::string report(const Finding& finding);
StyledText styled_report(const Finding& finding);

}  // namespace lapstrake
