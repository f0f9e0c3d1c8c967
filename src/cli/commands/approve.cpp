// `lapstrake approve`: answers the hooks of a deployment that waits for an approval.
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "rollout_report.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

struct ApproveOptions {
  bool rollback = false;
  WaitOptions wait{};
};

int approve(CommandContext& command, const ApproveOptions& options) {
  const auto settings = options.wait.settings();
  const auto project = command.project();
  const auto& service = command.arguments().front();
  const auto answered =
      app::approve(command.context(), project, service, options.rollback, settings, rollout_events(command));
  print_result(command, service, answered.service_arn, answered.result, {{"answered", answered.hooks}});
  return joint_exit_code({answered.result.outcome});
}

}  // namespace

Command approve_command() {
  const auto options = std::make_shared<ApproveOptions>();
  return {
      .name = "approve",
      .summary = "continue a deployment that waits for an approval",
      .usage = "SERVICE",
      .examples = R"(  lapstrake approve web
  lapstrake approve web --rollback      # answer no: roll the deployment back
)",
      .description = R"(Answers the lifecycle hooks of the service's current deployment that wait for
an action, then waits for the end of the deployment, as `lapstrake deploy` does.
With --rollback, exits with 0 when the service is back at its earlier revision.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the service"},
      .options =
          joined({flag("--rollback", "roll back instead of continuing", options->rollback)}, options->wait.list()),
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return approve(command, *options); },
  };
}

}  // namespace lapstrake::cli
