// How a rollout ended.
#pragma once
#include <lapstrake/app/deploy/log_line.hpp>
#include <lapstrake/app/deploy/task_failure.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// A lifecycle hook that waits for somebody's answer.
struct WaitingHook {
  std::string id, stage, expires /* "2026-05-18T10:00:00Z"; empty: unknown */, then /* "ROLLBACK" or "CONTINUE" */;
  bool operator==(const WaitingHook&) const = default;
};

enum class Outcome { done, unchanged, rolled_back, failed, superseded, timed_out, waiting };

// The exit code of the command: 0, 7, 8 or 9 (docs/reference/exit-codes.md).
int exit_code(Outcome outcome);
// "rolled back", "timed out"
std::string_view text_of(Outcome outcome);

struct RolloutResult {
  Outcome outcome = Outcome::done;
  std::string reason = {};            // in ECS's words
  std::string cure = {};              // what to do
  std::string note = {};              // "successful, 2 tasks of other revisions still running"
  std::string other_deployment = {};  // superseded: its ARN or id
  std::vector<WaitingHook> hooks = {};
  std::optional<TaskFailure> failure = {};  // the most frequent one
  std::vector<LogLine> log = {};            // the last lines of that container
  bool log_was_shown = false;               // with the early verdict
};

}  // namespace lapstrake::app
