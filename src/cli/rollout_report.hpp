// Shows rollouts: events as they come, results, and exit codes of several services together.
#pragma once
#include <lapstrake/app/deploy/deploy.hpp>
#include <lapstrake/app/deploy/operate.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command_context.hpp"
#include "option.hpp"

namespace lapstrake::cli {

// `--timeout`, `--wait-until`, `--fail-fast`, `--rollback-on-timeout`.
struct WaitOptions {
  std::optional<std::string> timeout{}, until{};
  bool fail_fast = false, rollback_on_timeout = false;

  std::vector<Option> list();
  // Error{usage} for an invalid duration or stage.
  app::WaitSettings settings() const;
};

// "30m", "90s", "1h". Error{usage} for anything else.
std::chrono::milliseconds parse_duration(const std::string& text);

// Shows an event on stderr, or with --json as one line on stdout.
app::OnRolloutEvent rollout_events(CommandContext& command);

// Prints "ARN outcome", and on failure the reason, the last log lines and the cure.
void print_result(CommandContext& command, const std::string& name, const std::string& arn,
                  const app::RolloutResult& result, const nlohmann::ordered_json& more);

// A failure wins over a timeout, a timeout over an approval.
int joint_exit_code(const std::vector<app::Outcome>& outcomes);

}  // namespace lapstrake::cli
