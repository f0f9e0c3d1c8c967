// Adds the source lines to findings that the spec reader did not create.
#pragma once
#include <lapstrake/base/finding.hpp>
#include <vector>

namespace lapstrake::spec {

// Fills in `line` from the files of the positions; stays empty if the file cannot be read.
std::vector<Finding> with_source_lines(std::vector<Finding> findings);

}  // namespace lapstrake::spec
