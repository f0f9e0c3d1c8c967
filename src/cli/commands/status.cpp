// `lapstrake status`: compares what runs with the spec.
#include <lapstrake/app/deploy/operate.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

ordered_json json_of_status(const app::ServiceStatus& status) {
  ordered_json containers = ordered_json::array(), hooks = ordered_json::array();
  for (const auto& one : status.containers)
    containers.push_back({{"task", one.task},
                          {"name", one.name},
                          {"image", one.image},
                          {"digest", one.digest},
                          {"health", one.health},
                          {"current", one.is_current ? ordered_json(*one.is_current) : ordered_json()}});
  for (const auto& hook : status.hooks) hooks.push_back({{"id", hook.id}, {"stage", hook.stage}});
  return {{"service", status.name},
          {"arn", status.arn},
          {"state", status.state},
          {"rollout", status.rollout},
          {"reason", status.reason},
          {"taskDefinition", status.task_definition},
          {"desired", status.desired},
          {"running", status.running},
          {"pending", status.pending},
          {"platformOverride", status.platform_override},
          {"hooks", hooks},
          {"containers", containers}};
}

std::string comparison(const app::RunningContainer& container) {
  if (!container.is_current) return "not of this spec";
  return *container.is_current ? "same as the spec" : "differs from the spec";
}

std::vector<std::string> lines_of(const app::ServiceStatus& status) {
  if (status.arn.empty()) return {cat(status.name, ": does not exist")};
  std::vector<std::string> lines{cat(status.name, ": ", lower(status.state), ", ", status.running, " of ",
                                     count_of(static_cast<std::uint64_t>(status.desired), "task"), " running",
                                     status.pending > 0 ? cat(", ", status.pending, " pending") : "", ", ",
                                     status.task_definition.substr(status.task_definition.rfind('/') + 1))};
  if (!status.rollout.empty())
    lines.push_back(cat("  deployment: ", status.rollout, status.reason.empty() ? "" : cat(": ", status.reason)));
  for (const auto& hook : status.hooks)
    lines.push_back(cat("  waits for an approval", hook.stage.empty() ? "" : cat(" at the stage ", hook.stage),
                        ": run `lapstrake approve ", status.name, "`"));
  if (!status.platform_override.empty())
    lines.push_back(cat("  ECS runs the platform ", status.platform_override,
                        ", which the task definition does not name: set `runtimePlatform`"));
  for (const auto& one : status.containers)
    lines.push_back(cat("  ", one.task.substr(0, 8), " ", one.name, " ", one.digest.empty() ? one.image : one.digest,
                        ": ", comparison(one)));
  return lines;
}

int show_status(CommandContext& command) {
  const auto project = command.project();
  auto results = ordered_json::array();
  print_results(command, results, [&] {
    app::status(command.context(), project, command.arguments(), [&](const app::ServiceStatus& status) {
      results.push_back(json_of_status(status));
      for (const auto& line : lines_of(status)) command.print_line(line);
    });
  });
  return 0;
}

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .summary = "compare what runs with the spec, by digest",
      .usage = "[SERVICE...]",
      .examples = R"(  lapstrake status
  lapstrake status web -e production --json
)",
      .description = R"(Shows each service, its deployment, and the digest of every running container
beside the digest that the spec builds. Builds the images into the store and
sends nothing.
)",
      .arguments = {.most = any_number},
      .needs_network = true,
      .needs_store = true,
      .run = show_status,
  };
}

}  // namespace lapstrake::cli
