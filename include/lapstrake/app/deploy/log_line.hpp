// One line of a container's log.
#pragma once
#include <chrono>
#include <string>

namespace lapstrake::app {

struct LogLine {
  std::chrono::system_clock::time_point time;
  std::string text;
};

}  // namespace lapstrake::app
