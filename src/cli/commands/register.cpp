// `lapstrake register`: pushes images and registers ECS task definitions.
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

struct RegisterOptions {
  bool dry_run = false, create_repository = false;
  CacheOptions cache{};
};

ordered_json task_json(const app::RegisteredTask& task, bool dry_run) {
  ordered_json one{{"name", task.name}, {"family", task.family}, {"arn", task.arn}, {"registered", task.is_new}};
  if (dry_run) one["diff"] = task.diff;
  return one;
}

std::string task_line(const app::RegisteredTask& task, bool dry_run) {
  if (!dry_run) return task.arn;
  return task.diff.empty() ? cat("task `", task.name, "`: no change, ", task.arn, " is up to date")
                           : task.diff.substr(0, task.diff.find_last_not_of('\n') + 1);
}

int register_tasks(CommandContext& command, const RegisterOptions& options) {
  const auto project = command.project();
  auto context = command.context();
  options.cache.apply(command, context);
  command.printer().findings(app::check_tasks(context, project, command.arguments()), !command.options().quiet);
  ordered_json results{{"images", ordered_json::array()}, {"tasks", ordered_json::array()}};
  print_results(command, results, [&] {
    const auto registration =
        app::register_tasks(context, project, command.arguments(),
                            {.push = {.create_repository = options.create_repository}, .dry_run = options.dry_run},
                            [&](const app::RegisteredTask& task) {
                              results["tasks"].push_back(task_json(task, options.dry_run));
                              command.print_line(task_line(task, options.dry_run));
                            });
    for (const auto& image : registration.images) results["images"].push_back(json_of(image));
  });
  return 0;
}

}  // namespace

Command register_command() {
  const auto options = std::make_shared<RegisterOptions>();
  return {
      .name = "register",
      .summary = "push images and register ECS task definitions",
      .usage = "[TASK...]",
      .examples = R"(  lapstrake register                    # all tasks
  lapstrake register my-web-app -e production
  lapstrake register --dry-run          # show the diff, send nothing
)",
      .description = R"(Checks the task definitions offline, builds and pushes the images that they
name, inserts `repository:tag@sha256:...`, and registers a revision only if it
differs from the latest active revision. Prints one line per task: the ARN of
its latest revision.
)",
      .arguments = {.most = any_number},
      .options = joined(
          joined({flag("--dry-run", "show a unified diff against the latest active revision; build, but send nothing",
                       options->dry_run)},
                 options->cache.list()),
          {create_repository_option(options->create_repository)}),
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return register_tasks(command, *options); },
  };
}

}  // namespace lapstrake::cli
