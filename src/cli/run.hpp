// Runs one command line.
#pragma once
#include <lapstrake/base/runtime.hpp>
#include <string>
#include <vector>

namespace lapstrake::cli {

// Returns the exit code. Throws Error on failure (main prints it).
int run(const std::vector<std::string>& words, const Runtime& runtime);

}  // namespace lapstrake::cli
