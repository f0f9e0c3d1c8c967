// Runs another program and captures its output.
#pragma once
#include <chrono>
#include <cstddef>
#include <lapstrake/base/runtime.hpp>
#include <string>
#include <vector>

namespace lapstrake {

struct ProgramLimits {
  std::chrono::milliseconds time{};
  std::size_t output = 0;  // bytes of stdout; more is an Error
  std::size_t errors = 0;  // bytes of stderr that are kept
};

struct ProgramResult {
  int status = 0;  // as a shell has it: 128 + the signal
  std::string output, errors;
};

// Runs `words`, without a shell. The program is a path if it contains `/`, otherwise it is found in PATH's absolute
// folders. It inherits the environment, but no open file; its stdin is empty. It runs in a process group of its own,
// whose remains are killed when it has ended, when a limit is exceeded, and when a stop is requested (Interrupted).
// Error{input} when it cannot be started or exceeds a limit; the message has its name but neither arguments nor output.
ProgramResult run_program(const Runtime& runtime, const std::vector<std::string>& words, const ProgramLimits& limits);

}  // namespace lapstrake
