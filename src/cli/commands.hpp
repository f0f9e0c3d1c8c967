// The commands: each fills an app function's options, calls it, prints its result.
#pragma once
#include <lapstrake/base/world.hpp>
#include <string>
#include <vector>

#include "options.hpp"

namespace lapstrake::cli {

// Runs one command line; returns the exit code. Error for everything that failed (main prints it).
int run(const Options& options, const World& world);
int run_sandbox(const Options& options, const World& world);  // sandbox_command.cpp

}  // namespace lapstrake::cli
