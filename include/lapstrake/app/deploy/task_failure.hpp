// Why a task stopped, and what to do about it. Pure. Sources: Amazon ECS Developer Guide, "Stopped tasks error codes";
// exit codes of shells and of the container runtime.
#pragma once
#include <cstdint>
#include <lapstrake/app/deploy/log_line.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct TaskFailure {
  std::string task;       // its id
  std::string reason;     // ECS's stoppedReason
  std::string container;  // the one that failed first; empty: the task failed before any container ran
  std::string container_reason;
  std::optional<std::int64_t> exit_code = {};
};

// Of a stopped task, as DescribeTasks shows it. Nothing for a task that ECS stopped because it was no longer needed
// (scaling, a newer deployment), and for containers that all ended with 0 when a user stopped the task.
std::optional<TaskFailure> failure_of_task(const nlohmann::json& task);

// Tasks that fail in the same way have the same text.
std::string kind_of(const TaskFailure& failure);

// "Essential container in task exited: container `api` ended with exit code 1"
std::string text_of(const TaskFailure& failure);

// What to do, as far as the reason, the exit code and the last lines of the log show it; empty if they do not.
std::string cure_of(const TaskFailure& failure, const std::vector<LogLine>& log = {});

}  // namespace lapstrake::app
