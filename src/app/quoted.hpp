// Diagnostics from beyond the reader, given the lines that they point to.
#pragma once
#include <lapstrake/spec/diagnostic.hpp>
#include <vector>

namespace lapstrake::app {

// Fills `line` from the files that the positions name; a file that cannot be read again leaves it empty.
std::vector<spec::Diagnostic> quoted(std::vector<spec::Diagnostic> diagnostics);

}  // namespace lapstrake::app
