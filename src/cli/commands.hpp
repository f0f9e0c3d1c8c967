// The commands. Each one fills in the options of a function of app, calls it and prints the result.
#pragma once
#include <lapstrake/app/build/build.hpp>
#include <lapstrake/base/runtime.hpp>
#include <string>
#include <vector>

#include "command_context.hpp"
#include "options.hpp"

namespace lapstrake::cli {

// Runs one command line; returns the exit code. Throws Error on failure (main prints it).
int run(const Options& options, const Runtime& runtime);
int run_sandbox(const Options& options, const Runtime& runtime);  // sandbox_command.cpp
// `build --explain`: prints to stderr; with --json the explanation is part of the result.
void print_explanation(CommandContext& command, const app::BuiltImage& image);
// Commands that read or copy images, with or without a spec (image_commands.cpp).
int inspect(CommandContext& command);
int copy(CommandContext& command);
int verify(CommandContext& command);
int diff(CommandContext& command);
// Commands that pin bases and copy them to hosts without a network (lock_commands.cpp).
int lock(CommandContext& command);
int vendor(CommandContext& command);
// `build --watch`: runs until interrupted (watch_command.cpp).
[[noreturn]] void watch(CommandContext& command, const std::vector<app::Output>& outputs);

}  // namespace lapstrake::cli
