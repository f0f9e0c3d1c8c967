#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/deploy/operate.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/aws/ecs/service_deployments.hpp>
#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "live_service.hpp"
#include "rollout.hpp"
#include "service_target.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr std::size_t most_shown_tasks = 100;

std::string digest_in(const std::string& reference) {
  const auto at = reference.rfind('@');
  return at == std::string::npos ? "" : reference.substr(at + 1);
}

// The repository of "host/repo:tag@sha256:...".
std::string repository_in(const std::string& reference) {
  const auto name = reference.substr(0, reference.rfind('@'));
  const auto slash = name.rfind('/'), colon = name.rfind(':');
  return colon != std::string::npos && (slash == std::string::npos || colon > slash) ? name.substr(0, colon) : name;
}

// Whether the container runs what the spec builds for its repository; nothing for other images.
std::optional<bool> is_current(const RunningContainer& container,
                               const std::map<std::string, std::string>& references) {
  for (const auto& reference : references)
    if (repository_in(container.image) == repository_in(reference.second))
      return digest_in(container.image) == digest_in(reference.second) ||
             container.digest == digest_in(reference.second);
  return std::nullopt;
}

std::vector<RunningContainer> containers(const aws::Session& session, const aws::ServiceId& id,
                                         const std::map<std::string, std::string>& references) {
  std::vector<RunningContainer> out;
  const auto arns = aws::task_arns(session, id, aws::TaskState::running, most_shown_tasks);
  for (const auto& task : aws::describe_tasks(session, id.cluster, arns))
    for (const auto& container : aws::list_of(task, "containers")) {
      RunningContainer one{.task = aws::task_id(aws::text_of(task, "taskArn")),
                           .name = aws::text_of(container, "name"),
                           .image = aws::text_of(container, "image"),
                           .digest = aws::text_of(container, "imageDigest"),
                           .health = aws::text_of(container, "healthStatus")};
      one.is_current = is_current(one, references);
      out.push_back(std::move(one));
    }
  return out;
}

// ServiceRevision.overrides.runtimePlatform: ECS found a platform that differs from the task definition's.
std::string platform_override(const aws::Session& session, const json& deployment) {
  const auto revision =
      aws::find_service_revision(session, aws::text_of(aws::member_of(deployment, "targetServiceRevision"), "arn"));
  if (!revision) return {};
  const auto& platform = aws::member_of(aws::member_of(*revision, "overrides"), "runtimePlatform");
  return platform.is_object()
             ? cat(aws::text_of(platform, "cpuArchitecture"), "/", aws::text_of(platform, "operatingSystemFamily"))
             : "";
}

ServiceStatus status_of(const aws::Session& session, const spec::Service& service,
                        const std::map<std::string, std::string>& references) {
  ServiceStatus out{.name = service.name, .arn = {}, .state = "MISSING"};
  const auto id = id_of(service);
  const auto live = aws::find_service(session, id);
  if (!live) return out;
  const auto& primary = aws::primary_deployment(*live);
  out.arn = aws::text_of(*live, "serviceArn");
  out.state = aws::text_of(*live, "status");
  out.rollout = aws::text_of(primary, "rolloutState");
  out.reason = aws::text_of(primary, "rolloutStateReason");
  out.task_definition = aws::text_of(primary, "taskDefinition");
  out.desired = aws::number_of(*live, "desiredCount").value_or(0);
  out.running = aws::number_of(*live, "runningCount").value_or(0);
  out.pending = aws::number_of(*live, "pendingCount").value_or(0);
  out.containers = containers(session, id, references);
  const auto arn = aws::text_of(*live, "currentServiceDeployment");
  if (const auto deployment = arn.empty() ? std::nullopt : aws::find_service_deployment(session, arn)) {
    out.hooks = verdict({.deployment_arn = arn}, {.service = *live, .deployment = deployment}).hooks;
    out.platform_override = platform_override(session, *deployment);
  }
  return out;
}

}  // namespace

std::vector<ServiceStatus> status(const Context& context, const spec::Project& project,
                                  const std::vector<std::string>& names,
                                  const std::function<void(const ServiceStatus&)>& each) {
  const auto services = choose_services(project, names);
  std::vector<std::string> tasks;
  for (const auto* service : services) tasks.push_back(service->task);
  const auto built = register_tasks(context, project, tasks, {.dry_run = true});
  const auto session = session_of(context, project);
  std::vector<ServiceStatus> out;
  for (const auto* service : services) {
    out.push_back(status_of(session, *service, built.references));
    if (each) each(out.back());
  }
  return out;
}

}  // namespace lapstrake::app
