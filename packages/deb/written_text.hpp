// Commands that write a known text to a file: `cat >FILE <<EOF`, `echo TEXT >FILE`, `: >FILE`.
#pragma once
#include <optional>
#include <string>

#include "script_variables.hpp"
#include "shell_parser.hpp"

namespace lapstrake::packages::deb::shell {

struct WrittenText {
  std::string path, text;
  bool appends = false;
};
// Nothing for other commands, and if a part is unknown.
std::optional<WrittenText> written_text(const ShellNode& command, const ScriptVariables& variables);

// Whether a redirection may change a file: ">FILE", but neither ">/dev/null" nor "2>&1".
bool writes_file(std::string_view redirection);

}  // namespace lapstrake::packages::deb::shell
