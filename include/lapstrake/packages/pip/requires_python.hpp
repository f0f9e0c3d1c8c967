// Whether a Python satisfies the `Requires-Python` of a project, which an index and METADATA give: ">=3.9,!=3.9.7".
#pragma once
#include <lapstrake/packages/pip/target.hpp>
#include <string_view>

namespace lapstrake::packages::pip {

// With an unknown patch level: whether any 3.N.M does. Empty and invalid text requires nothing, as pip decides.
bool fits_python(std::string_view requires_python, const PythonVersion& python);

}  // namespace lapstrake::packages::pip
