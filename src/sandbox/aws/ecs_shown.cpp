#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "ecs_services.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

// Members of the reply that come from the request as they are.
constexpr const char* copied[] = {"loadBalancers",
                                  "serviceRegistries",
                                  "launchType",
                                  "capacityProviderStrategy",
                                  "networkConfiguration",
                                  "placementConstraints",
                                  "placementStrategy",
                                  "tags",
                                  "healthCheckGracePeriodSeconds",
                                  "schedulingStrategy",
                                  "propagateTags",
                                  "enableECSManagedTags",
                                  "enableExecuteCommand",
                                  "availabilityZoneRebalancing"};

Json deployment_configuration(const Json& members) {
  Json out = {{"maximumPercent", 200},
              {"minimumHealthyPercent", 100},
              {"strategy", "ROLLING"},
              {"bakeTimeInMinutes", 0},
              {"deploymentCircuitBreaker", {{"enable", false}, {"rollback", false}}}};
  if (members.contains("deploymentConfiguration")) out.merge_patch(members["deploymentConfiguration"]);
  return out;
}

bool is_open(const EcsDeployment& deployment) { return is_active(deployment) || deployment.running > 0; }

// One of `deployments` of DescribeServices.
Json rollout(const EcsService& service, const EcsDeployment& deployment, bool is_primary) {
  Json out = {
      {"id", deployment.id},
      {"status", is_primary ? "PRIMARY" : "ACTIVE"},
      {"taskDefinition", deployment.task_definition},
      {"desiredCount", deployment.desired},
      {"pendingCount", deployment.pending},
      {"runningCount", deployment.running},
      {"failedTasks", deployment.failures},
      {"createdAt", epoch_seconds(deployment.created)},
      {"updatedAt", epoch_seconds(deployment.created)},
      {"platformVersion", "1.4.0"},
      {"platformFamily", "Linux"},
      {"rolloutState", deployment.rollout_state},
      {"rolloutStateReason", deployment.rollout_reason.empty() ? cat("ECS deployment ", deployment.id, " in progress.")
                                                               : deployment.rollout_reason}};
  for (const auto* name : {"launchType", "networkConfiguration", "capacityProviderStrategy",
                           "serviceConnectConfiguration", "volumeConfigurations"})
    if (service.members.contains(name)) out[name] = service.members[name];
  return out;
}

std::string digest_of(const std::string& image) {
  const auto at = image.rfind('@');
  return at == std::string::npos ? cat("sha256:", std::string(64, '0')) : image.substr(at + 1);
}

Json shown_containers(const EcsTask& task) {
  Json containers = Json::array();
  for (const auto& definition : task.definition.value("containerDefinitions", Json::array())) {
    Json one = {{"containerArn", cat(task.arn, "/", definition.value("name", ""))},
                {"taskArn", task.arn},
                {"name", definition.value("name", "")},
                {"image", definition.value("image", "")},
                {"imageDigest", digest_of(definition.value("image", ""))},
                {"lastStatus", task.last_status},
                {"networkInterfaces", Json::array()},
                {"healthStatus", "UNKNOWN"}};
    if (task.last_status == "STOPPED" && task.exit_code) one["exitCode"] = *task.exit_code;
    if (!task.container_reason.empty()) one["reason"] = task.container_reason;
    if (task.stop_code == "TaskFailedToStart") {
      one["reason"] = task.stopped_reason;
      one.erase("imageDigest");
    }
    containers.push_back(std::move(one));
  }
  return containers;
}

}  // namespace

Json shown_service(const EcsService& service, const Caller& caller) {
  const auto& primary = service.history[service.primary];
  Json out = {{"serviceArn", service.arn},
              {"serviceName", service.name},
              {"clusterArn", service.cluster_arn},
              {"status", service.status},
              {"desiredCount", primary.desired},
              {"taskDefinition", primary.task_definition},
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
              {"deploymentConfiguration", deployment_configuration(service.members)},
              {"events", service.events}};
  for (const auto* name : copied)
    if (service.members.contains(name)) out[name] = service.members[name];
  Json deployments = Json::array();
  std::int64_t running = 0;
  for (std::size_t i = service.history.size(); i-- > 0;)
    if (i == service.primary || is_open(service.history[i])) {
      deployments.push_back(rollout(service, service.history[i], i == service.primary));
      running += service.history[i].running;
    }
  out["runningCount"] = running;
  out["pendingCount"] = primary.pending;
  out["deployments"] = std::move(deployments);
  out["currentServiceDeployment"] = service.history[service.current].arn;
  out["currentServiceRevisions"] = Json::array({{{"arn", primary.revision_arn},
                                                 {"requestedTaskCount", primary.desired},
                                                 {"runningTaskCount", primary.running},
                                                 {"pendingTaskCount", primary.pending}}});
  return out;
}

Json shown_deployment(const EcsService& service, const EcsDeployment& deployment) {
  Json out = {{"serviceDeploymentArn", deployment.arn},
              {"serviceArn", service.arn},
              {"clusterArn", service.cluster_arn},
              {"createdAt", epoch_seconds(deployment.created)},
              {"startedAt", epoch_seconds(deployment.created)},
              {"updatedAt", epoch_seconds(deployment.created)},
              {"status", deployment.status},
              {"targetServiceRevision",
               {{"arn", deployment.revision_arn},
                {"requestedTaskCount", deployment.desired},
                {"runningTaskCount", deployment.running},
                {"pendingTaskCount", deployment.pending}}},
              {"sourceServiceRevisions", Json::array()},
              {"deploymentConfiguration", deployment_configuration(service.members)},
              {"deploymentCircuitBreaker",
               {{"status", !deployment.breaks                            ? "DISABLED"
                           : deployment.failures >= deployment.threshold ? "TRIGGERED"
                           : is_active(deployment)                       ? "MONITORING"
                                                                         : "MONITORING_COMPLETE"},
                {"failureCount", deployment.failures},
                {"threshold", deployment.threshold}}}};
  if (!deployment.reason.empty()) out["statusReason"] = deployment.reason;
  if (!deployment.stage.empty()) out["lifecycleStage"] = deployment.stage;
  if (!deployment.source_revision.empty())
    out["sourceServiceRevisions"].push_back({{"arn", deployment.source_revision}});
  for (const auto& hook : deployment.hooks)
    if (!hook.status.empty())
      out["lifecycleHookDetails"].push_back({{"hookId", hook.id},
                                             {"targetType", "PAUSE"},
                                             {"status", hook.status},
                                             {"expiresAt", epoch_seconds(hook.expires)},
                                             {"timeoutAction", hook.timeout_action}});
  return out;
}

Json shown_revision(const EcsService& service, const EcsDeployment& deployment) {
  Json images = Json::array();
  for (const auto& container : deployment.definition.value("containerDefinitions", Json::array()))
    images.push_back({{"containerName", container.value("name", "")},
                      {"image", container.value("image", "")},
                      {"imageDigest", digest_of(container.value("image", ""))}});
  return {{"serviceRevisionArn", deployment.revision_arn},
          {"serviceArn", service.arn},
          {"clusterArn", service.cluster_arn},
          {"taskDefinition", deployment.task_definition},
          {"createdAt", epoch_seconds(deployment.created)},
          {"containerImages", images}};
}

Json shown_task(const EcsTask& task) {
  Json out = {{"taskArn", task.arn},
              {"clusterArn", task.cluster_arn},
              {"taskDefinitionArn", task.definition_arn},
              {"lastStatus", task.last_status},
              {"desiredStatus", task.desired_status},
              {"launchType", "FARGATE"},
              {"platformVersion", "1.4.0"},
              {"group", task.group},
              {"startedBy", task.started_by},
              {"createdAt", epoch_seconds(task.created)},
              {"containers", shown_containers(task)},
              {"version", 1}};
  if (task.last_status != "STOPPED") return out;
  out["stopCode"] = task.stop_code;
  out["stoppedReason"] = task.stopped_reason;
  out["stoppedAt"] = epoch_seconds(task.stopped);
  return out;
}

}  // namespace lapstrake::sandbox
