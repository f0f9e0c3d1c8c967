// `lapstrake rollback`: takes a service back to an earlier revision.
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "rollout_report.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

struct RollbackOptions {
  std::optional<std::string> to{};
  WaitOptions wait{};
};

int rollback(CommandContext& command, const RollbackOptions& options) {
  const auto settings = options.wait.settings();
  const auto project = command.project();
  const auto& service = command.arguments().front();
  const auto back = app::roll_back(command.context(), project, service, options.to, settings, rollout_events(command));
  print_result(command, service, back.service_arn, back.result, {{"taskDefinition", back.task_definition}});
  return joint_exit_code({back.result.outcome});
}

}  // namespace

Command rollback_command() {
  const auto options = std::make_shared<RollbackOptions>();
  return {
      .name = "rollback",
      .summary = "take a service back to an earlier revision",
      .usage = "SERVICE",
      .examples = R"(  lapstrake rollback web
  lapstrake rollback web --to 41
)",
      .description = R"(Rolls back the deployment in progress, if there is one. Otherwise deploys the
task definition of the last successful deployment that differs from the present
one, or the revision of --to. Waits for the end, as `lapstrake deploy` does.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the service"},
      .options = joined({option("--to", "REVISION", "the revision: a number, FAMILY:NUMBER or an ARN", options->to)},
                        options->wait.list()),
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return rollback(command, *options); },
  };
}

}  // namespace lapstrake::cli
