// The scripts of rollouts: which tasks start, and how they end. A docker label of the task definition or a test chooses
// one by name (docs/reference/sandbox.md).
#pragma once
#include <optional>
#include <string_view>

namespace lapstrake::sandbox {

// How the tasks of a script fail (Amazon ECS Developer Guide, "Stopped tasks error codes").
struct TaskFailureScript {
  std::string_view stop_code, reason, container_reason;
  std::optional<std::int64_t> exit_code;
  std::string_view log;
};

struct RolloutScript {
  std::string_view name;
  int start = 1;                               // the step in which the tasks start
  bool alarm = false;                          // a CloudWatch alarm fires when they run
  const TaskFailureScript* failure = nullptr;  // null: the tasks run
  bool never_runs = false;                     // the tasks stay PENDING
};

// Throws ApiFailure for an unknown name; empty: "healthy".
const RolloutScript& rollout_script(std::string_view name);

}  // namespace lapstrake::sandbox
