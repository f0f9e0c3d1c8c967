#include "service_target.hpp"

#include <algorithm>
#include <lapstrake/aws/ecs/service_deployments.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr int most_looks = 5;  // for the service deployment that our call made

bool is_fargate(const json& task_definition) {
  const auto& kinds = aws::list_of(task_definition, "requiresCompatibilities");
  return std::find(kinds.begin(), kinds.end(), "FARGATE") != kinds.end();
}

void require_ecs_controller(const WantedService& wanted, const json& live) {
  const auto type = aws::text_of(aws::member_of(live, "deploymentController"), "type");
  if (type.empty() || type == "ECS") return;
  throw Error(ErrorKind::usage,
              cat("the service `", wanted.service->name, "` is deployed by ",
                  type == "CODE_DEPLOY" ? "CodeDeploy" : "an external controller", ", not by ECS"),
              type == "CODE_DEPLOY"
                  ? "register the task with `lapstrake register`, and deploy `lapstrake emit appspec` with CodeDeploy; "
                    "or create the service again with the deployment strategy BLUE_GREEN of ECS"
                  : "register the task with `lapstrake register`, and let that controller create the task set");
}

aws::ServiceChanges changes_of(const WantedService& wanted, const json& live, const DeploySettings& settings) {
  auto changes = aws::service_changes(live, wanted.document);
  const auto count = aws::number_of(wanted.document, "desiredCount");
  if (settings.scales && count && count != aws::number_of(live, "desiredCount"))
    changes.members.push_back({.name = "desiredCount",
                               .before = cat(aws::number_of(live, "desiredCount").value_or(0)),
                               .after = cat(*count)});
  return changes;
}

json request_of(const WantedService& wanted, const json& live, const aws::ServiceChanges& changes,
                const DeploySettings& settings) {
  auto request = aws::update_request(live, wanted.document, changes);
  if (settings.is_forced) request["forceNewDeployment"] = true;
  return request;
}

// Whether a deployment runs our revision.
bool deploys(const aws::Session& session, const std::string& deployment_arn, const std::string& task_definition) {
  const auto deployment = aws::find_service_deployment(session, deployment_arn);
  if (!deployment) return false;
  const auto revision =
      aws::find_service_revision(session, aws::text_of(aws::member_of(*deployment, "targetServiceRevision"), "arn"));
  return revision && aws::text_of(*revision, "taskDefinition") == task_definition;
}

// The service deployment that our call made: the reply names it, or the list has it soon after.
std::string deployment_arn(const aws::Session& session, const WantedService& wanted, const std::string& before,
                           const json& reply, std::chrono::system_clock::time_point begin) {
  const auto current = aws::text_of(reply, "currentServiceDeployment");
  if (!current.empty() && current != before) return current;
  const auto revision = aws::text_of(wanted.document, "taskDefinition");
  for (int look = 0; look < most_looks; ++look) {
    if (look > 0) session.runtime.sleep(std::chrono::seconds(1));
    const auto arns = aws::service_deployments_since(session, wanted.id, begin - std::chrono::minutes(5));
    for (const auto& arn : arns)
      if (arn != before && deploys(session, arn, revision)) return arn;
    if (arns.empty() && current.empty()) break;  // the endpoint has no service deployments
  }
  return {};
}

RolloutTarget target_of(const json& service, std::string deployment) {
  const auto& primary = aws::primary_deployment(service);
  return {.deployment_arn = std::move(deployment),
          .deployment_id = aws::text_of(primary, "id"),
          .task_definition = aws::text_of(primary, "taskDefinition")};
}

// Nothing differs: a rollout of the same that is still running is waited for.
StartedRollout unchanged(const json& live) {
  const auto state = aws::text_of(aws::primary_deployment(live), "rolloutState");
  return {.target = target_of(live, aws::text_of(live, "currentServiceDeployment")),
          .arn = aws::text_of(live, "serviceArn"),
          .is_running = state == "IN_PROGRESS" || state == "FAILED"};
}

void warn_of_fixed(const WantedService& wanted, const aws::ServiceChanges& changes, const OnRolloutEvent& on_event) {
  if (changes.fixed.empty() || !on_event) return;
  on_event({.kind = RolloutEvent::Kind::note,
            .service = wanted.service->name,
            .text = cat("ECS sets ", join(changes.fixed, ", "),
                        " only when it creates a service: the spec differs from the service")});
}

StartedRollout create(const aws::Session& session, const WantedService& wanted) {
  const auto begin = session.runtime.clock();
  const auto reply = aws::create_service(
      session, aws::create_request(wanted.service->name, wanted.document, is_fargate(wanted.task_definition)));
  return {.target = target_of(reply, deployment_arn(session, wanted, "", reply, begin)),
          .arn = aws::text_of(reply, "serviceArn"),
          .is_created = true,
          .is_running = true};
}

StartedRollout update(const aws::Session& session, const WantedService& wanted, const json& first,
                      const aws::ServiceChanges& changes, const DeploySettings& settings) {
  const auto begin = session.runtime.clock();
  const auto before = aws::text_of(aws::primary_deployment(first), "id");
  bool has_sent = false;
  const auto reply = http::retrying(http::RetryPolicy{}, session.runtime, session.notice, [&] {
    if (has_sent) {
      const auto live = aws::find_service(session, wanted.id);
      if (live && aws::text_of(aws::primary_deployment(*live), "id") != before) return *live;
    }
    has_sent = true;
    return aws::update_service(session, request_of(wanted, first, changes, settings));
  });
  const bool has_new = aws::text_of(aws::primary_deployment(reply), "id") != before;
  const auto old = aws::text_of(first, "currentServiceDeployment");
  return {.target = target_of(reply, has_new ? deployment_arn(session, wanted, old, reply, begin)
                                             : aws::text_of(reply, "currentServiceDeployment")),
          .arn = aws::text_of(reply, "serviceArn"),
          .is_running = has_new,
          .changes = changes.members};
}

}  // namespace

aws::ServiceId id_of(const spec::Service& service) {
  const auto document = json::parse(service.document);
  const auto cluster = aws::text_of(document, "cluster"), name = aws::text_of(document, "serviceName");
  return {.cluster = cluster.empty() ? "default" : cluster, .name = name.empty() ? service.name : name};
}

StartedRollout planned(const aws::Session& session, const WantedService& wanted, const DeploySettings& settings) {
  const auto live = aws::find_service(session, wanted.id);
  if (!live) return {.target = {}, .arn = {}, .is_created = true};
  return {
      .target = {}, .arn = aws::text_of(*live, "serviceArn"), .changes = changes_of(wanted, *live, settings).members};
}

StartedRollout start_rollout(const aws::Session& session, const WantedService& wanted, const DeploySettings& settings,
                             const OnRolloutEvent& on_event) {
  const auto live = aws::find_service(session, wanted.id);
  if (!live || aws::text_of(*live, "status") == "DRAINING") return create(session, wanted);
  require_ecs_controller(wanted, *live);
  const auto changes = changes_of(wanted, *live, settings);
  warn_of_fixed(wanted, changes, on_event);
  if (changes.members.empty() && !settings.is_forced) return unchanged(*live);
  return update(session, wanted, *live, changes, settings);
}

}  // namespace lapstrake::app
