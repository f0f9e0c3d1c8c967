// The result of a task that ran once.
#pragma once
#include <cstdint>
#include <lapstrake/app/deploy/task_failure.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

struct TaskResult {
  std::string arn;
  std::string container;
  std::optional<std::int64_t> exit_code;  // of the container; nothing: it never ran
  std::optional<TaskFailure> failure = {};
};

}  // namespace lapstrake::app
