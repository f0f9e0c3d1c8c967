// `lapstrake policy`: prints least-privilege IAM policies.
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/online/permissions.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "command.hpp"
#include "command_context.hpp"

namespace lapstrake::cli {
namespace {

app::PolicyKind kind_called(const std::string& name) {
  if (name == "execution") return app::PolicyKind::execution;
  if (name == "task") return app::PolicyKind::task;
  if (name == "trust") return app::PolicyKind::trust;
  return app::PolicyKind::deployer;
}

int print_policy(CommandContext& command) {
  const auto project = command.unpinned_project();
  const auto region = app::Network(command.context(), project.registries).user_region();
  command.printer().json_result(
      cat(app::policy(project, kind_called(command.arguments().front()), region.value_or("")), "\n"));
  return 0;
}

}  // namespace

Command policy_command() {
  return {
      .name = "policy",
      .summary = "print the IAM policies that a project needs",
      .usage = "deployer|execution|task|trust",
      .examples = R"(  lapstrake policy deployer > ci.json    # for the user or role of the pipeline
  lapstrake policy execution > exec.json # for `executionRoleArn`
  lapstrake policy trust > trust.json    # who may assume both roles: ECS
)",
      .description = R"(Prints a policy document with the least privileges that the spec needs:

deployer   the principal that runs lapstrake: push, register and deploy
execution  the execution role: pull images, read secrets, write logs
task       the task role: a skeleton with what ECS Exec and EFS need
trust      the trust policy of both roles

Opens no connection. ARNs take the account and region of the spec's repositories
and roles.
)",
      .arguments = {.least = 1,
                    .most = 1,
                    .rule = "needs exactly one argument: deployer, execution, task or trust",
                    .choices = {"deployer", "execution", "task", "trust"}},
      .run = print_policy,
  };
}

}  // namespace lapstrake::cli
