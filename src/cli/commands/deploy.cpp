// `lapstrake deploy`: registers tasks, updates services, and waits for the rollouts.
#include <lapstrake/app/deploy/deploy.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"
#include "rollout_report.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

struct DeployOptions {
  bool create_repository = false, no_wait = false, force = false, scale = false, dry_run = false;
  WaitOptions wait{};
  CacheOptions cache{};
};

ordered_json changes_json(const app::DeployedService& service) {
  ordered_json changes = ordered_json::array();
  for (const auto& change : service.changes)
    changes.push_back({{"member", change.name}, {"before", change.before}, {"after", change.after}});
  return {{"taskDefinition", service.task_definition}, {"created", service.is_created}, {"changes", changes}};
}

void print_plan(CommandContext& command, const app::Deployment& deployment) {
  for (const auto& task : deployment.registration.tasks)
    if (!task.diff.empty()) command.print_line(task.diff.substr(0, task.diff.find_last_not_of('\n') + 1));
  for (const auto& service : deployment.services) {
    if (command.options().json) {
      ordered_json line{{"service", service.name}, {"arn", service.arn}};
      line.update(changes_json(service));
      print_json_line(command.printer(), line);
      continue;
    }
    const bool is_same = service.changes.empty() && !service.is_created;
    command.print_line(cat("service `", service.name, "`: ",
                           service.is_created ? "new"
                           : is_same          ? "no change"
                                              : count_of(service.changes.size(), "changed member")));
    for (const auto& change : service.changes)
      command.print_line(cat("  ", change.name, ": ", change.before.empty() ? "(none)" : printable(change.before, 2000),
                             " -> ", change.after.empty() ? "(removed)" : printable(change.after, 2000)));
  }
}

int deploy(CommandContext& command, const DeployOptions& options) {
  const auto settings = app::DeploySettings{.push = {.create_repository = options.create_repository},
                                            .wait = options.wait.settings(),
                                            .waits = !options.no_wait,
                                            .is_forced = options.force,
                                            .scales = options.scale,
                                            .dry_run = options.dry_run};
  const auto project = command.project();
  auto context = command.context();
  options.cache.apply(command, context);
  command.printer().findings(app::check_tasks(context, project, {}), !command.options().quiet);
  std::vector<app::Outcome> outcomes;
  const auto deployment =
      app::deploy(context, project, command.arguments(), settings, rollout_events(command),
                  [&](const app::DeployedService& service) {
                    if (options.dry_run) return;
                    outcomes.push_back(service.result.outcome);
                    print_result(command, service.name, service.arn, service.result, changes_json(service));
                  });
  if (options.dry_run) print_plan(command, deployment);
  return joint_exit_code(outcomes);
}

}  // namespace

Command deploy_command() {
  const auto options = std::make_shared<DeployOptions>();
  return {
      .name = "deploy",
      .summary = "update services and wait for the truth about each rollout",
      .usage = "[SERVICE...]",
      .examples = R"(  lapstrake deploy                      # all services
  lapstrake deploy web -e production
  lapstrake deploy --dry-run            # show the changes, send nothing
  lapstrake deploy --fail-fast          # roll back at the third equal failure
  lapstrake deploy -e production --image api=registry.example/api@sha256:...
)",
      .description = R"(Builds and pushes the images, registers the tasks, runs the task of `before`
of each service, and creates or updates the services with one call each, only if
something differs. Then waits for the deployment that this call made, and for no
other.

Prints one line per service: its ARN and the outcome. Exits with 0 only if the
tasks that run are those of this deployment; with 7 if it failed, was rolled
back or was superseded, with 8 after the timeout, and with 9 if it waits for an
approval. With --json, prints one JSON object per event and per result.

Members that the spec does not name are left alone; `null` removes a member.
`desiredCount` counts at creation; --scale sends it with an update.
)",
      .arguments = {.most = any_number},
      .options =
          joined(joined({flag("--dry-run", "show what would change in tasks and services; build, but send nothing",
                              options->dry_run),
                         flag("--no-wait", "return when ECS has accepted the update", options->no_wait),
                         flag("--force", "start a new deployment even if nothing differs", options->force),
                         flag("--scale", "send `desiredCount` to services that exist", options->scale)},
                        options->wait.list()),
                 joined(options->cache.list(), {create_repository_option(options->create_repository)})),
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return deploy(command, *options); },
  };
}

}  // namespace lapstrake::cli
