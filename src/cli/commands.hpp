// The commands: each fills an app function's options, calls it, prints its result.
#pragma once
#include <lapstrake/app/build.hpp>
#include <lapstrake/base/world.hpp>
#include <string>
#include <vector>

#include "desk.hpp"
#include "options.hpp"

namespace lapstrake::cli {

// Runs one command line; returns the exit code. Error for everything that failed (main prints it).
int run(const Options& options, const World& world);
int run_sandbox(const Options& options, const World& world);  // sandbox_command.cpp
// `build --explain`: on stderr; with --json it comes with the results.
void print_explanation(Desk& desk, const app::BuiltImage& image);
// Those that look at images or move them, with a spec or without one (image_commands.cpp).
int inspect(Desk& desk);
int copy(Desk& desk);
int verify(Desk& desk);
int diff(Desk& desk);
// What is pinned, and what is carried to hosts without a network (lock_commands.cpp).
int lock(Desk& desk);
int vendor(Desk& desk);
// `build --watch`: until it is interrupted (watch_command.cpp).
[[noreturn]] void watch(Desk& desk, const std::vector<app::Output>& outputs);

}  // namespace lapstrake::cli
