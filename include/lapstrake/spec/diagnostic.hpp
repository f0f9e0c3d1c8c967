// An error or warning about a spec, with its position.
#pragma once
#include <lapstrake/oci/recipe.hpp>
#include <string>
#include <vector>

namespace lapstrake::spec {

struct Diagnostic {
  enum class Severity { error, warning } severity = Severity::error;
  oci::Position where;     // line 0: the file as a whole
  std::size_t length = 1;  // columns that the caret underlines
  std::string message;     // "unknown key `layrs`"
  std::string hint;        // under the caret: "did you mean `layers`?"
  std::string line;        // the text of the line, without its end
  std::string help;        // a fix that needs a separate line
};

// The text for a terminal: "error: ...", " --> file:line:column", the line, the caret and the hint.
std::string report(const Diagnostic& diagnostic);

}  // namespace lapstrake::spec
