// The runtime of this process without its environment, so that no proxy of the machine is used.
#pragma once

#include <lapstrake/base/runtime.hpp>
#include <optional>
#include <stop_token>
#include <string_view>

inline lapstrake::Runtime quiet_runtime(std::stop_token stop = {}) {
  lapstrake::Runtime runtime = lapstrake::process_runtime(stop);
  runtime.environment = [](std::string_view) { return std::nullopt; };
  return runtime;
}
