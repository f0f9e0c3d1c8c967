#include "ecs_services.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_deployments = 200;  // of a service that are kept

std::string last_part(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

[[noreturn]] void refuse_parameter(std::string message) {
  throw ApiFailure{"InvalidParameterException", std::move(message)};
}

Json failure(const std::string& arn) { return {{"arn", arn}, {"reason", "MISSING"}}; }

std::string cluster_arn(const std::string& name, const Caller& caller) {
  return cat("arn:aws:ecs:", caller.region, ":", caller.account, ":cluster/", name);
}

Json shown_cluster(const std::string& name, const Caller& caller) {
  return {{"clusterArn", cluster_arn(name, caller)},
          {"clusterName", name},
          {"status", "ACTIVE"},
          {"registeredContainerInstancesCount", 0},
          {"runningTasksCount", 0},
          {"pendingTasksCount", 0},
          {"activeServicesCount", 0},
          {"statistics", Json::array()},
          {"tags", Json::array()},
          {"settings", Json::array()},
          {"capacityProviders", {"FARGATE", "FARGATE_SPOT"}},
          {"defaultCapacityProviderStrategy", Json::array()}};
}

bool is_awsvpc(const Json& definition) { return definition.value("networkMode", "") == "awsvpc"; }

bool has_network(const Json& members) {
  return members.contains("networkConfiguration") && members["networkConfiguration"].contains("awsvpcConfiguration") &&
         !members["networkConfiguration"]["awsvpcConfiguration"].value("subnets", Json::array()).empty();
}

void require_network(const Json& members, const Json& definition) {
  if (is_awsvpc(definition) && !has_network(members))
    refuse_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
}

}  // namespace

EcsRegion& EcsServices::region_of(const Caller& caller) {
  auto& region = regions_[caller.region];
  if (region.clusters.empty()) region.clusters = {{"default", "ACTIVE"}, {"prod", "ACTIVE"}};
  clockwork_.advance(region, caller);
  return region;
}

std::string EcsServices::cluster_of(const EcsRegion& region, const Json& input, const Caller& caller) const {
  const auto given = text_member(input, "cluster");
  const auto name = given.empty() ? std::string("default") : last_part(given);
  if (!region.clusters.contains(name)) throw ApiFailure{"ClusterNotFoundException", "Cluster not found."};
  return cluster_arn(name, caller);
}

EcsService& EcsServices::service_of(EcsRegion& region, const Json& input, const Caller& caller) const {
  const auto cluster = cluster_of(region, input, caller);
  const auto name = last_part(text_member(input, "service"));
  for (auto& entry : region.services)
    if (entry.second.cluster_arn == cluster && entry.second.name == name && entry.second.status == "ACTIVE")
      return entry.second;
  throw ApiFailure{"ServiceNotFoundException", "Service not found."};
}

EcsDeployment& EcsServices::deployment_of(EcsRegion& region, const std::string& arn) const {
  for (auto& entry : region.services)
    for (auto& deployment : entry.second.history)
      if (!deployment.arn.empty() && deployment.arn == arn) return deployment;
  throw ApiFailure{"ServiceDeploymentNotFoundException", "Service deployment not found."};
}

Json EcsServices::create_cluster(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto given = text_member(input, "clusterName");
  const auto name = given.empty() ? std::string("default") : given;
  region_of(caller).clusters[name] = "ACTIVE";
  return {{"cluster", shown_cluster(name, caller)}};
}

Json EcsServices::describe_clusters(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto& region = region_of(caller);
  auto wanted = texts_member(input, "clusters");
  if (wanted.empty()) wanted = {"default"};
  Json clusters = Json::array(), failures = Json::array();
  for (const auto& name : wanted)
    if (region.clusters.contains(last_part(name)))
      clusters.push_back(shown_cluster(last_part(name), caller));
    else
      failures.push_back(failure(cluster_arn(last_part(name), caller)));
  return {{"clusters", clusters}, {"failures", failures}};
}

Json EcsServices::list_clusters(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  std::vector<Json> arns;
  for (const auto& cluster : region_of(caller).clusters) arns.emplace_back(cluster_arn(cluster.first, caller));
  return page(input, "clusterArns", std::move(arns), 100, 100);
}

Json EcsServices::create_service(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_of(region, input, caller);
  const auto name = text_member(input, "serviceName");
  if (name.empty()) refuse_parameter("serviceName cannot be empty.");
  const auto definition = find_definition_(text_member(input, "taskDefinition"), caller);
  require_network(input, definition);
  const auto arn = cat("arn:aws:ecs:", caller.region, ":", caller.account, ":service/", last_part(cluster), "/", name);
  if (const auto found = region.services.find(arn);
      found != region.services.end() && found->second.status == "ACTIVE") {
    const auto token = text_member(input, "clientToken");
    if (!token.empty() && token == found->second.members.value("clientToken", ""))
      return {{"service", shown_service(found->second, caller)}};
    refuse_parameter("Creation of service was not idempotent.");
  }
  if (region.services.size() >= most_ecs_items) refuse_parameter("The maximum number of services was reached.");
  EcsService service{.members = input, .arn = arn, .name = name, .cluster_arn = cluster, .created = caller.now};
  clockwork_.start(region, service, definition["taskDefinitionArn"], definition, caller);
  auto& kept = region.services[arn] = std::move(service);
  return {{"service", shown_service(kept, caller)}};
}

Json EcsServices::update_service(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  auto& service = service_of(region, input, caller);
  const auto& primary = service.history[service.primary];
  const auto named = text_member(input, "taskDefinition");
  const auto definition = named.empty() ? primary.definition : find_definition_(named, caller);
  const auto definition_arn = definition["taskDefinitionArn"].get<std::string>();
  Json members = service.members;
  members.update(input);
  require_network(members, definition);
  const bool has_more = std::any_of(input.items().begin(), input.items().end(), [](const auto& member) {
    return member.key() != "cluster" && member.key() != "service" && member.key() != "desiredCount";
  });
  service.members = std::move(members);
  if (has_more) {
    if (service.history.size() > most_deployments) refuse_parameter("The maximum number of deployments was reached.");
    clockwork_.start(region, service, definition_arn, definition, caller);
  } else {
    auto& now = service.history[service.primary];
    now.desired = service.members.value("desiredCount", now.desired);
    now.running = now.desired;
  }
  return {{"service", shown_service(service, caller)}};
}

Json EcsServices::delete_service(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  auto& service = service_of(region, input, caller);
  for (auto& task : region.tasks)
    if (task.service == service.name && task.cluster_arn == service.cluster_arn)
      clockwork_.stop_task(task, "ServiceSchedulerInitiated", "Scaling activity initiated by service deletion",
                           caller.now);
  auto shown = shown_service(service, caller);
  shown["status"] = "DRAINING";
  service.status = "INACTIVE";
  return {{"service", shown}};
}

Json EcsServices::describe_services(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_of(region, input, caller);
  const auto wanted = texts_member(input, "services");
  if (wanted.empty() || wanted.size() > 10) refuse_parameter("Services cannot be empty, and have at most 10 elements.");
  Json services = Json::array(), failures = Json::array();
  for (const auto& name : wanted) {
    const auto arn =
        cat("arn:aws:ecs:", caller.region, ":", caller.account, ":service/", last_part(cluster), "/", last_part(name));
    const auto found = region.services.find(arn);
    if (found == region.services.end())
      failures.push_back(failure(arn));
    else
      services.push_back(shown_service(found->second, caller));
  }
  return {{"services", services}, {"failures", failures}};
}

Json EcsServices::list_services(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_of(region, input, caller);
  std::vector<Json> arns;
  for (const auto& entry : region.services)
    if (entry.second.cluster_arn == cluster && entry.second.status == "ACTIVE") arns.emplace_back(entry.first);
  return page(input, "serviceArns", std::move(arns), 10, 100);
}

Json EcsServices::list_deployments(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& service = service_of(region_of(caller), input, caller);
  const double after = input.contains("createdAt") ? input["createdAt"].value("after", 0.0) : 0.0;
  const auto statuses = texts_member(input, "status");
  std::vector<Json> found;
  for (std::size_t i = service.history.size(); i-- > 0;) {
    const auto& deployment = service.history[i];
    const bool is_asked =
        statuses.empty() || std::find(statuses.begin(), statuses.end(), deployment.status) != statuses.end();
    if (deployment.arn.empty() || !is_asked || epoch_seconds(deployment.created) < after) continue;
    found.push_back({{"serviceDeploymentArn", deployment.arn},
                     {"serviceArn", service.arn},
                     {"clusterArn", service.cluster_arn},
                     {"createdAt", epoch_seconds(deployment.created)},
                     {"startedAt", epoch_seconds(deployment.created)},
                     {"targetServiceRevisionArn", deployment.revision_arn},
                     {"status", deployment.status}});
  }
  return page(input, "serviceDeployments", std::move(found), 20, 100);
}

Json EcsServices::describe_deployments(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  Json found = Json::array(), failures = Json::array();
  for (const auto& arn : texts_member(input, "serviceDeploymentArns")) {
    bool is_found = false;
    for (const auto& entry : region.services)
      for (const auto& deployment : entry.second.history)
        if (deployment.arn == arn && !arn.empty()) {
          found.push_back(shown_deployment(entry.second, deployment));
          is_found = true;
        }
    if (!is_found) failures.push_back(failure(arn));
  }
  return {{"serviceDeployments", found}, {"failures", failures}};
}

Json EcsServices::describe_revisions(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  Json found = Json::array(), failures = Json::array();
  for (const auto& arn : texts_member(input, "serviceRevisionArns")) {
    const auto before = found.size();
    for (const auto& entry : region.services)
      for (const auto& deployment : entry.second.history)
        if (deployment.revision_arn == arn && found.size() == before)
          found.push_back(shown_revision(entry.second, deployment));
    if (found.size() == before) failures.push_back(failure(arn));
  }
  return {{"serviceRevisions", found}, {"failures", failures}};
}

Json EcsServices::stop_deployment(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& deployment = deployment_of(region_of(caller), text_member(input, "serviceDeploymentArn"));
  if (!is_active(deployment))
    throw ApiFailure{"ConflictException", "The service deployment is not in a state that can be stopped."};
  if (text_member(input, "stopType") == "ABORT") {
    deployment.status = "STOPPED";
    deployment.reason = "Service deployment was stopped.";
  } else {
    deployment.status = "ROLLBACK_REQUESTED";
    deployment.reason = "Service deployment was stopped by user.";
  }
  return {{"serviceDeploymentArn", deployment.arn}};
}

Json EcsServices::continue_deployment(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& deployment = deployment_of(region_of(caller), text_member(input, "serviceDeploymentArn"));
  const auto id = text_member(input, "hookId");
  const auto hook = std::find_if(deployment.hooks.begin(), deployment.hooks.end(),
                                 [&](const auto& one) { return one.id == id && one.status == "AWAITING_ACTION"; });
  if (hook == deployment.hooks.end())
    throw ApiFailure{"InvalidParameterException", "The lifecycle hook is not awaiting action."};
  const bool goes_back = text_member(input, "action") == "ROLLBACK";
  hook->status = goes_back ? "FAILED" : "SUCCEEDED";
  if (goes_back) {
    deployment.status = "ROLLBACK_IN_PROGRESS";
    deployment.reason = "Service deployment rolled back because of a lifecycle hook.";
  }
  return {{"serviceDeploymentArn", deployment.arn}};
}

Json EcsServices::list_tasks(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_of(region, input, caller);
  const auto service = last_part(text_member(input, "serviceName")), family = text_member(input, "family");
  const auto status = text_member(input, "desiredStatus"), starter = text_member(input, "startedBy");
  std::vector<Json> arns;
  for (const auto& task : region.tasks) {
    if (task.cluster_arn != cluster || task.desired_status != (status.empty() ? "RUNNING" : status)) continue;
    if (!service.empty() && task.service != service) continue;
    if (!starter.empty() && task.started_by != starter) continue;
    if (!family.empty() && !last_part(task.definition_arn).starts_with(family + ":")) continue;
    arns.emplace_back(task.arn);
  }
  return page(input, "taskArns", std::move(arns), 100, 100);
}

Json EcsServices::describe_tasks(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_of(region, input, caller);
  Json tasks = Json::array(), failures = Json::array();
  for (const auto& name : texts_member(input, "tasks")) {
    const auto found = std::find_if(region.tasks.begin(), region.tasks.end(), [&](const auto& task) {
      return task.cluster_arn == cluster && last_part(task.arn) == last_part(name);
    });
    if (found == region.tasks.end())
      failures.push_back(failure(name));
    else
      tasks.push_back(shown_task(*found));
  }
  return {{"tasks", tasks}, {"failures", failures}};
}

Json EcsServices::run_task(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto definition = find_definition_(text_member(input, "taskDefinition"), caller);
  require_network(input, definition);
  EcsTask task{.arn = {},
               .cluster_arn = cluster_of(region, input, caller),
               .service = {},
               .definition_arn = definition["taskDefinitionArn"],
               .started_by = text_member(input, "startedBy"),
               .group = cat("family:", definition.value("family", "")),
               .definition = definition,
               .last_status = "PROVISIONING"};
  task.stops_at = caller.now + 2 * clockwork_.step();
  const auto& started = clockwork_.add_task(region, std::move(task), caller);
  return {{"tasks", Json::array({shown_task(started)})}, {"failures", Json::array()}};
}

Json EcsServices::stop_task(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_of(region, input, caller);
  for (auto& task : region.tasks)
    if (task.cluster_arn == cluster && last_part(task.arn) == last_part(text_member(input, "task"))) {
      clockwork_.stop_task(task, "UserInitiated", text_member(input, "reason"), caller.now);
      return {{"task", shown_task(task)}};
    }
  refuse_parameter("The referenced task was not found.");
}

Operations EcsServices::operations() {
  const auto bound = [this](auto method) {
    return [this, method](const Json& input, const Caller& caller) { return (this->*method)(input, caller); };
  };
  return {{"CreateCluster", bound(&EcsServices::create_cluster)},
          {"DescribeClusters", bound(&EcsServices::describe_clusters)},
          {"ListClusters", bound(&EcsServices::list_clusters)},
          {"CreateService", bound(&EcsServices::create_service)},
          {"UpdateService", bound(&EcsServices::update_service)},
          {"DeleteService", bound(&EcsServices::delete_service)},
          {"DescribeServices", bound(&EcsServices::describe_services)},
          {"ListServices", bound(&EcsServices::list_services)},
          {"ListServiceDeployments", bound(&EcsServices::list_deployments)},
          {"DescribeServiceDeployments", bound(&EcsServices::describe_deployments)},
          {"DescribeServiceRevisions", bound(&EcsServices::describe_revisions)},
          {"StopServiceDeployment", bound(&EcsServices::stop_deployment)},
          {"ContinueServiceDeployment", bound(&EcsServices::continue_deployment)},
          {"ListTasks", bound(&EcsServices::list_tasks)},
          {"DescribeTasks", bound(&EcsServices::describe_tasks)},
          {"RunTask", bound(&EcsServices::run_task)},
          {"StopTask", bound(&EcsServices::stop_task)}};
}

}  // namespace lapstrake::sandbox
