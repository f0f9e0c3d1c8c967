// The commands that a wheel asks for in entry_points.txt, and the scripts that an installer makes of them
// (packaging.python.org, "Entry points specification").
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct EntryPoint {
  std::string name;               // of the command
  std::string module, attribute;  // "flask.cli", "main" or "Class.main"
  bool operator==(const EntryPoint&) const = default;
};
// Those of [console_scripts] and [gui_scripts], sorted by name. `what` names the wheel in the Error. Error{integrity}:
// a line without `=` or section, a value that is not `module:attribute` with Python identifiers, an invalid name of a
// command (flaw_of_script_name), one name with two values.
std::vector<EntryPoint> parse_entry_points(std::string_view text, std::string_view what);

// Why a script cannot have this name, as the end of a sentence ("has a `/`"); "" when it can. Names of Python
// interpreters are reserved: such a script would replace the image's Python.
std::string_view flaw_of_script_name(std::string_view name);

// The content of the command's file. `interpreter`: "/opt/venv/bin/python3".
std::string script_text(const EntryPoint& entry_point, std::string_view interpreter);

}  // namespace lapstrake::packages::pip
