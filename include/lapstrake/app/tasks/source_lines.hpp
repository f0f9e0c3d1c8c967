// Adds the source lines to diagnostics that were not created by the spec reader.
#pragma once
#include <lapstrake/spec/diagnostic.hpp>
#include <vector>

namespace lapstrake::app {

// Fills in `line` from the files of the positions; stays empty if the file cannot be read.
std::vector<spec::Diagnostic> with_source_lines(std::vector<spec::Diagnostic> diagnostics);

}  // namespace lapstrake::app
