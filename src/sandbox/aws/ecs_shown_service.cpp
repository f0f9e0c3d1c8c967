#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "ecs_deployment.hpp"
#include "ecs_shown.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

// Members that come from the request as they are.
constexpr const char* service_members[] = {"loadBalancers",
                                           "serviceRegistries",
                                           "launchType",
                                           "capacityProviderStrategy",
                                           "networkConfiguration",
                                           "placementConstraints",
                                           "placementStrategy",
                                           "healthCheckGracePeriodSeconds",
                                           "schedulingStrategy",
                                           "propagateTags",
                                           "enableECSManagedTags",
                                           "enableExecuteCommand",
                                           "availabilityZoneRebalancing",
                                           "deploymentController"};
constexpr const char* deployment_members[] = {
    "launchType",           "networkConfiguration",    "capacityProviderStrategy", "serviceConnectConfiguration",
    "volumeConfigurations", "vpcLatticeConfigurations"};
constexpr const char* revision_members[] = {
    "launchType",        "capacityProviderStrategy",    "networkConfiguration", "loadBalancers",
    "serviceRegistries", "serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"};

template <std::size_t count>
void copy_members(const Json& from, const char* const (&names)[count], Json& to) {
  for (const auto* name : names)
    if (from.contains(name)) to[name] = from[name];
}

Json shown_configuration(const Json& members) {
  Json out = {{"maximumPercent", 200},
              {"minimumHealthyPercent", 100},
              {"strategy", "ROLLING"},
              {"bakeTimeInMinutes", 0},
              {"deploymentCircuitBreaker", {{"enable", false}, {"rollback", false}}}};
  if (members.contains("deploymentConfiguration")) out.merge_patch(members["deploymentConfiguration"]);
  return out;
}

std::string platform_version(const Json& members) {
  const auto version = members.value("platformVersion", "LATEST");
  return version == "LATEST" ? "1.4.0" : version;
}

// One of `deployments` of DescribeServices.
Json rollout(const EcsDeployment& deployment, bool is_primary, const EcsView& view) {
  const auto count = view.count(deployment.id);
  const bool waits = deployment.is_active() && deployment.failures == 0 && count.running == 0;
  Json out = {
      {"id", deployment.id},
      {"status", is_primary ? "PRIMARY" : "ACTIVE"},
      {"taskDefinition", deployment.task_definition()},
      {"desiredCount", deployment.desired},
      {"pendingCount", waits ? deployment.desired : count.pending},
      {"runningCount", count.running},
      {"failedTasks", deployment.failures},
      {"createdAt", epoch_seconds(deployment.created)},
      {"updatedAt", epoch_seconds(deployment.updated)},
      {"platformVersion", platform_version(deployment.members)},
      {"platformFamily", "Linux"},
      {"rolloutState", deployment.rollout_state},
      {"rolloutStateReason", deployment.rollout_reason.empty() ? cat("ECS deployment ", deployment.id, " in progress.")
                                                               : deployment.rollout_reason}};
  copy_members(deployment.members, deployment_members, out);
  return out;
}

Json revision_summary(const EcsDeployment& deployment, const EcsView& view, double traffic) {
  const auto count = view.count(deployment.id);
  return {{"arn", deployment.revision_arn},    {"requestedTaskCount", deployment.desired},
          {"runningTaskCount", count.running}, {"pendingTaskCount", count.pending},
          {"requestedTestTrafficWeight", 0.0}, {"requestedProductionTrafficWeight", traffic}};
}

Json shown_breaker(const EcsDeployment& deployment) {
  return {{"status", !deployment.breaks                            ? "DISABLED"
                     : deployment.failures >= deployment.threshold ? "TRIGGERED"
                     : deployment.is_active()                      ? "MONITORING"
                                                                   : "MONITORING_COMPLETE"},
          {"failureCount", deployment.failures},
          {"threshold", deployment.threshold}};
}

Json shown_alarms(const EcsDeployment& deployment) {
  const auto& given = member_or_null(configuration_of(deployment), "alarms");
  if (!deployment.alarmed && member_or_null(given, "enable") != true) return {{"status", "DISABLED"}};
  Json out = {{"status", deployment.alarmed       ? "TRIGGERED"
                         : deployment.is_active() ? "MONITORING"
                                                  : "MONITORING_COMPLETE"},
              {"alarmNames", alarm_names(deployment)}};
  if (deployment.alarmed) out["triggeredAlarmNames"] = alarm_names(deployment);
  return out;
}

Json shown_hooks(const EcsDeployment& deployment) {
  Json out = Json::array();
  for (const auto& hook : deployment.hooks) {
    if (hook.status.empty()) continue;
    out.push_back({{"hookId", hook.id},
                   {"targetType", hook.target_type},
                   {"status", hook.status},
                   {"expiresAt", epoch_seconds(hook.expires)},
                   {"timeoutAction", hook.timeout_action}});
    if (!hook.target_arn.empty()) out.back()["targetArn"] = hook.target_arn;
  }
  return out;
}

// The model of ServiceDeployment.lifecycleStage has no PRE_PRODUCTION_TRAFFIC_SHIFT; hooks have it.
std::string shown_stage(const std::string& stage) {
  return stage == "PRE_PRODUCTION_TRAFFIC_SHIFT" ? "POST_TEST_TRAFFIC_SHIFT" : stage;
}

Json revision_of(const EcsService& service, const std::string& arn, const EcsView& view, double traffic) {
  for (std::size_t i = service.history.size(); i-- > 0;)
    if (service.history[i].revision_arn == arn) return revision_summary(service.history[i], view, traffic);
  return {{"arn", arn}};
}

}  // namespace

Json shown_service(const EcsService& service, const EcsView& view, bool with_tags) {
  const auto& primary = service.history[service.primary];
  const auto& caller = view.caller;
  Json out = {{"serviceArn", service.arn},
              {"serviceName", service.name},
              {"clusterArn", service.cluster_arn},
              {"status", service.status},
              {"desiredCount", primary.desired},
              {"taskDefinition", primary.task_definition()},
              {"platformVersion", service.members.value("platformVersion", "LATEST")},
              {"platformFamily", "Linux"},
              {"roleArn",
               cat("arn:aws:iam::", caller.account, ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")},
              {"createdAt", epoch_seconds(service.created)},
              {"createdBy", caller.arn()},
              {"loadBalancers", Json::array()},
              {"serviceRegistries", Json::array()},
              {"placementConstraints", Json::array()},
              {"placementStrategy", Json::array()},
              {"healthCheckGracePeriodSeconds", 0},
              {"schedulingStrategy", "REPLICA"},
              {"propagateTags", "NONE"},
              {"enableECSManagedTags", false},
              {"enableExecuteCommand", false},
              {"availabilityZoneRebalancing", "DISABLED"},
              {"deploymentController", {{"type", "ECS"}}},
              {"deploymentConfiguration", shown_configuration(service.members)},
              {"events", service.events}};
  copy_members(service.members, service_members, out);
  if (with_tags && service.members.contains("tags")) out["tags"] = service.members["tags"];
  Json deployments = Json::array(), revisions = Json::array();
  TaskCounts all;
  for (std::size_t i = service.history.size(); i-- > 0;) {
    const auto& deployment = service.history[i];
    const auto count = view.count(deployment.id);
    all.running += count.running;
    all.pending += count.pending;
    if (i != service.primary && !deployment.is_active() && count.running + count.pending == 0) continue;
    deployments.push_back(rollout(deployment, i == service.primary, view));
    if (i == service.primary || count.running > 0)
      revisions.push_back({{"arn", deployment.revision_arn},
                           {"requestedTaskCount", deployment.desired},
                           {"runningTaskCount", count.running},
                           {"pendingTaskCount", count.pending}});
  }
  out["runningCount"] = all.running;
  out["pendingCount"] = all.pending;
  out["deployments"] = std::move(deployments);
  out["currentServiceDeployment"] = service.history[service.current].arn;
  out["currentServiceRevisions"] = std::move(revisions);
  return out;
}

Json shown_deployment(const EcsService& service, const EcsDeployment& deployment, const EcsView& view) {
  Json out = {{"serviceDeploymentArn", deployment.arn},
              {"serviceArn", service.arn},
              {"clusterArn", service.cluster_arn},
              {"createdAt", epoch_seconds(deployment.created)},
              {"startedAt", epoch_seconds(deployment.created)},
              {"updatedAt", epoch_seconds(deployment.updated)},
              {"status", deployment.status},
              {"targetServiceRevision", revision_summary(deployment, view, deployment.traffic)},
              {"sourceServiceRevisions", Json::array()},
              {"deploymentConfiguration", shown_configuration(deployment.members)},
              {"deploymentCircuitBreaker", shown_breaker(deployment)},
              {"alarms", shown_alarms(deployment)}};
  if (deployment.finished)
    out[deployment.status == "STOPPED" ? "stoppedAt" : "finishedAt"] = epoch_seconds(*deployment.finished);
  if (!deployment.reason.empty()) out["statusReason"] = deployment.reason;
  if (!deployment.stage.empty()) out["lifecycleStage"] = shown_stage(deployment.stage);
  if (!deployment.source_revision.empty())
    out["sourceServiceRevisions"].push_back(
        revision_of(service, deployment.source_revision, view, 100 - deployment.traffic));
  if (!deployment.rollback_revision.empty())
    out["rollback"] = {{"reason", deployment.rollback_reason},
                       {"startedAt", epoch_seconds(deployment.rollback_started)},
                       {"serviceRevisionArn", deployment.rollback_revision}};
  if (auto hooks = shown_hooks(deployment); !hooks.empty()) out["lifecycleHookDetails"] = std::move(hooks);
  return out;
}

Json shown_revision(const EcsService& service, const EcsDeployment& deployment) {
  Json images = Json::array();
  for (const auto& container : member_or_null(deployment.definition, "containerDefinitions")) {
    const auto name = container.value("name", "");
    images.push_back({{"containerName", name}, {"image", container.value("image", "")}});
    if (const auto found = deployment.digests.find(name); found != deployment.digests.end())
      images.back()["imageDigest"] = found->second;
  }
  Json out = {{"serviceRevisionArn", deployment.revision_arn},
              {"serviceArn", service.arn},
              {"clusterArn", service.cluster_arn},
              {"taskDefinition", deployment.task_definition()},
              {"platformVersion", platform_version(deployment.members)},
              {"platformFamily", "Linux"},
              {"guardDutyEnabled", false},
              {"createdAt", epoch_seconds(deployment.created)},
              {"containerImages", images}};
  copy_members(deployment.members, revision_members, out);
  return out;
}

}  // namespace lapstrake::sandbox
