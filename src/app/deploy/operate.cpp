#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/deploy/operate.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/aws/ecs/revisions.hpp>
#include <lapstrake/aws/ecs/service_deployments.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "live_service.hpp"
#include "run_task.hpp"
#include "service_target.hpp"
#include "wait.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

Rollout rollout_of(const aws::Session& session, const LiveService& live, RolloutTarget target) {
  auto task_definition =
      target.task_definition.empty() ? json::object() : aws::describe_revision(session, target.task_definition);
  return {.id = live.id,
          .name = live.service->name,
          .target = std::move(target),
          .task_definition = std::move(task_definition)};
}

RolloutTarget current_target(const LiveService& live) {
  const auto& primary = aws::primary_deployment(live.document);
  return {.deployment_arn = aws::text_of(live.document, "currentServiceDeployment"),
          .deployment_id = aws::text_of(primary, "id"),
          .task_definition = aws::text_of(primary, "taskDefinition")};
}

std::optional<json> current_deployment(const aws::Session& session, const LiveService& live) {
  const auto arn = aws::text_of(live.document, "currentServiceDeployment");
  return arn.empty() ? std::nullopt : aws::find_service_deployment(session, arn);
}

bool is_in_progress(const json& deployment) {
  const auto status = aws::text_of(deployment, "status");
  return status == "PENDING" || status == "IN_PROGRESS";
}

// "web:3", "3" or an ARN.
std::string revision_called(const LiveService& live, const std::string& to) {
  if (to.find(':') != std::string::npos) return to;
  const auto now = aws::text_of(live.document, "taskDefinition");
  const auto number = parse_integer(to);
  if (!number || *number < 1)
    throw Error(ErrorKind::usage, cat("`", printable(to), "` is not a revision"),
                "use a number, FAMILY:NUMBER or an ARN");
  return cat(now.substr(0, now.rfind(':') + 1), *number);
}

// The newest task definition, other than the present one, that was deployed to this service with success.
std::optional<std::string> earlier_revision(const aws::Session& session, const LiveService& live) {
  const auto now = aws::text_of(live.document, "taskDefinition");
  for (const auto& arn : aws::service_deployments_since(session, live.id, {})) {
    const auto deployment = aws::find_service_deployment(session, arn);
    if (!deployment || aws::text_of(*deployment, "status") != "SUCCESSFUL") continue;
    const auto revision =
        aws::find_service_revision(session, aws::text_of(aws::member_of(*deployment, "targetServiceRevision"), "arn"));
    if (!revision) continue;
    if (auto found = aws::text_of(*revision, "taskDefinition"); found != now) return found;
  }
  return std::nullopt;
}

std::string require_earlier(const aws::Session& session, const LiveService& live) {
  if (auto found = earlier_revision(session, live)) return *std::move(found);
  throw Error(ErrorKind::usage, cat("ECS knows no earlier deployment of the service `", live.id.name, "`"),
              "name the revision: `--to NUMBER`");
}

RolledBack go_back(const aws::Session& session, const LiveService& live, const std::string& revision,
                   const WaitSettings& settings, const OnRolloutEvent& on_event) {
  const WantedService wanted{.service = live.service,
                             .id = live.id,
                             .document = {{"taskDefinition", revision}},
                             .task_definition = aws::describe_revision(session, revision)};
  auto full = wanted;
  full.document["taskDefinition"] = aws::text_of(wanted.task_definition, "taskDefinitionArn");
  const auto started = start_rollout(session, full, {}, on_event);
  RolledBack out{.service_arn = started.arn, .task_definition = aws::text_of(full.document, "taskDefinition")};
  if (!started.is_running) {
    out.result.outcome = Outcome::unchanged;
    return out;
  }
  out.result = wait_for(session, rollout_of(session, live, started.target), settings, on_event);
  return out;
}

// The rollback is what the user wants: that it happened is the success.
RolloutResult as_wanted(RolloutResult result) {
  if (result.outcome == Outcome::rolled_back) result.outcome = Outcome::done;
  return result;
}

}  // namespace

Answered approve(const Context& context, const spec::Project& project, const std::string& service, bool rolls_back,
                 const WaitSettings& settings, const OnRolloutEvent& on_event) {
  const auto session = session_of(context, project);
  const auto live = live_service(session, project, service);
  const auto target = current_target(live);
  const auto hooks = verdict(target, {.service = live.document, .deployment = current_deployment(session, live)}).hooks;
  if (hooks.empty())
    throw Error(ErrorKind::usage, cat("no deployment of the service `", service, "` waits for an approval"),
                cat("run `lapstrake status ", service, "`"));
  Answered out{.service_arn = aws::text_of(live.document, "serviceArn")};
  for (const auto& hook : hooks) {
    aws::answer_hook(session, target.deployment_arn, hook.id,
                     rolls_back ? aws::HookAction::roll_back : aws::HookAction::proceed);
    out.hooks.push_back(hook.id);
  }
  auto result = wait_for(session, rollout_of(session, live, target), settings, on_event);
  out.result = rolls_back ? as_wanted(std::move(result)) : std::move(result);
  return out;
}

RolledBack roll_back(const Context& context, const spec::Project& project, const std::string& service,
                     const std::optional<std::string>& to, const WaitSettings& settings,
                     const OnRolloutEvent& on_event) {
  const auto session = session_of(context, project);
  const auto live = live_service(session, project, service);
  const auto deployment = current_deployment(session, live);
  if (to || !deployment || !is_in_progress(*deployment))
    return go_back(session, live, to ? revision_called(live, *to) : require_earlier(session, live), settings, on_event);
  const auto target = current_target(live);
  aws::stop_with_rollback(session, target.deployment_arn);
  return {.service_arn = aws::text_of(live.document, "serviceArn"),
          .task_definition = {},
          .result = as_wanted(wait_for(session, rollout_of(session, live, target), settings, on_event))};
}

TaskResult run(const Context& context, const spec::Project& project, const std::string& task,
               const RunSettings& settings, const std::function<void(const std::string&)>& on_line) {
  const auto* chosen = choose_tasks(project, {task}).front();
  const auto in_service = std::find_if(project.services.begin(), project.services.end(), [&](const auto& service) {
    return settings.service.empty() ? service.task == task : service.name == settings.service;
  });
  if (in_service == project.services.end())
    throw Error(ErrorKind::usage, cat("no service of the spec uses the task `", task, "`"),
                "name a service whose cluster and network the task gets: `--service NAME`");
  const auto session = session_of(context, project);
  const auto id = id_of(*in_service);
  const auto live = aws::find_service(session, id);
  auto definition = aws::describe_revision(session, family_of(*chosen));
  auto placement = placement_of(live.value_or(json::object()), json::parse(in_service->document), definition);
  return run_task(session,
                  {.cluster = id.cluster,
                   .task_definition = std::move(definition),
                   .container = settings.container,
                   .command = settings.command,
                   .placement = std::move(placement)},
                  settings.timeout, on_line);
}

}  // namespace lapstrake::app
