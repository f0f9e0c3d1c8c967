#include "ecs_services.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>

#include "ecs_shown.hpp"
#include "ecs_task_life.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

bool is_service_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

// Changes of these members start no deployment (UpdateService in the Amazon ECS API Reference).
constexpr std::string_view quiet_members[] = {
    "cluster",
    "service",
    "desiredCount",
    "deploymentConfiguration",
    "propagateTags",
    "enableECSManagedTags",
    "healthCheckGracePeriodSeconds",
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "placementConstraints",
    "placementStrategy",
    "enableExecuteCommand",
    "taskDefinition",
};

bool starts_deployment(const Json& input, const EcsService& service, const Json& definition) {
  if (member_or_null(input, "forceNewDeployment") == true) return true;
  if (service.history[service.primary].definition["taskDefinitionArn"] != definition["taskDefinitionArn"]) return true;
  return std::any_of(input.items().begin(), input.items().end(), [&](const auto& member) {
    return member.key() != "forceNewDeployment" &&
           std::find(std::begin(quiet_members), std::end(quiet_members), member.key()) == std::end(quiet_members) &&
           member_or_null(service.members, member.key().c_str()) != member.value();
  });
}

}  // namespace

std::string EcsServices::service_arn(const EcsRegion& region, const Json& input, const std::string& name,
                                     const Caller& caller) {
  return cat("arn:aws:ecs:", caller.region, ":", caller.account, ":service/", cluster_name(region, input), "/",
             last_part(name));
}

EcsService& EcsServices::service_of(EcsRegion& region, const Json& input, const Caller& caller) {
  const auto found = region.services.find(service_arn(region, input, text_member(input, "service"), caller));
  if (found == region.services.end()) throw ApiFailure{"ServiceNotFoundException", "Service not found."};
  if (found->second.status != "ACTIVE") throw ApiFailure{"ServiceNotActiveException", "Service was not ACTIVE."};
  return found->second;
}

ImageDigests EcsServices::digests_of(const Json& definition) const {
  ImageDigests digests;
  for (const auto& container : member_or_null(definition, "containerDefinitions")) {
    const auto image = container.value("image", "");
    const auto at = image.rfind('@');
    auto known = at == std::string::npos && options_.digest_of_image ? options_.digest_of_image(image) : std::nullopt;
    digests[container.value("name", "")] = at != std::string::npos ? image.substr(at + 1)
                                           : known                 ? *known
                                                                   : oci::Digest::of(image).text();
  }
  return digests;
}

NewDeployment EcsServices::planned(const std::string& service, const Json& definition, const Caller&) const {
  const auto chosen = options_.scripts ? options_.scripts->of(service) : std::nullopt;
  const auto script = chosen ? *chosen : label_of(definition, "lapstrake.sandbox/rollout");
  (void)rollout_script(script);
  return {.definition = definition, .digests = digests_of(definition), .script = script};
}

void EcsServices::check_network(const Json& members, const Json& definition, const Caller& caller) const {
  const auto& awsvpc = member_or_null(member_or_null(members, "networkConfiguration"), "awsvpcConfiguration");
  const bool has_subnets = !texts_member(awsvpc, "subnets").empty();
  if (definition.value("networkMode", "") == "awsvpc" && !has_subnets)
    refuse_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (has_subnets && options_.check_network)
    options_.check_network(texts_member(awsvpc, "subnets"), texts_member(awsvpc, "securityGroups"), caller);
}

Json EcsServices::create_service(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto name = text_member(input, "serviceName");
  const auto arn = service_arn(region, input, name, caller);
  if (!is_service_name(name)) refuse_parameter("Service names can have letters, numbers, hyphens and underscores.");
  (void)count_member(input, "desiredCount", 1, most_service_tasks);
  const auto definition = find_definition_(text_member(input, "taskDefinition"), caller);
  check_network(input, definition, caller);
  if (const auto found = region.services.find(arn);
      found != region.services.end() && found->second.status == "ACTIVE") {
    const auto token = text_member(input, "clientToken");
    if (!token.empty() && token == found->second.members.value("clientToken", ""))
      return {{"service", shown_service(found->second, {region, caller})}};
    refuse_parameter("Creation of service was not idempotent.");
  }
  if (region.services.size() >= most_ecs_items) refuse_parameter("The sandbox stores no more services.");
  EcsService service{.members = input,
                     .arn = arn,
                     .name = name,
                     .cluster_arn = cluster_arn(cluster_name(region, input), caller),
                     .created = caller.now};
  scheduler_.start(service, planned(name, definition, caller), caller);
  auto& kept = region.services[arn] = std::move(service);
  return {{"service", shown_service(kept, {region, caller})}};
}

Json EcsServices::update_service(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  auto& service = service_of(region, input, caller);
  const auto desired =
      count_member(input, "desiredCount", service.history[service.primary].desired, most_service_tasks);
  const auto named = text_member(input, "taskDefinition");
  const Json definition = named.empty() ? service.history[service.primary].definition : find_definition_(named, caller);
  Json members = service.members;
  members.update(input);
  members["desiredCount"] = desired;
  for (const auto* name : {"cluster", "service", "forceNewDeployment"}) members.erase(name);
  check_network(members, definition, caller);
  auto plan = planned(service.name, definition, caller);
  const bool starts = starts_deployment(input, service, definition);
  service.members = std::move(members);
  if (starts)
    scheduler_.start(service, std::move(plan), caller);
  else
    service.history[service.primary].desired = desired;
  scheduler_.advance(region, caller);
  return {{"service", shown_service(service, {region, caller})}};
}

Json EcsServices::delete_service(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  auto& service = service_of(region, input, caller);
  if (service.history[service.primary].desired > 0 && member_or_null(input, "force") != true)
    refuse_parameter("The service cannot be stopped while it is scaled above 0.");
  for (auto& task : region.tasks)
    if (task.service == service.name && task.cluster_arn == service.cluster_arn)
      sandbox::stop_task(task, stopped_by_scheduler(task, task.started_by), caller.now);
  for (auto& deployment : service.history) {
    deployment.desired = 0;
    if (deployment.is_active()) deployment.status = "STOPPED";
  }
  auto shown = shown_service(service, {region, caller});
  shown["status"] = "DRAINING";
  service.status = "INACTIVE";
  return {{"service", shown}};
}

Json EcsServices::describe_services(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto wanted = texts_member(input, "services");
  if (wanted.empty()) refuse_parameter("Services cannot be empty.");
  if (wanted.size() > 10) refuse_parameter("Services can have at most 10 elements.");
  const EcsView view(region, caller);
  Json services = Json::array(), failures = Json::array();
  for (const auto& name : wanted) {
    const auto arn = service_arn(region, input, name, caller);
    const auto found = region.services.find(arn);
    if (found == region.services.end())
      failures.push_back(missing_item(arn));
    else
      services.push_back(shown_service(found->second, view, asks_for_tags(input)));
  }
  return {{"services", services}, {"failures", failures}};
}

Json EcsServices::list_services(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_arn(cluster_name(region, input), caller);
  const auto launch_type = text_member(input, "launchType");
  std::vector<Json> arns;
  for (const auto& entry : region.services)
    if (entry.second.cluster_arn == cluster && entry.second.status == "ACTIVE" &&
        (launch_type.empty() || launch_type == entry.second.members.value("launchType", "")))
      arns.emplace_back(entry.first);
  return page(input, "serviceArns", std::move(arns), 10, 100);
}

Operations EcsServices::operations() {
  const auto bound = [this](auto method) {
    return [this, method](const Json& input, const Caller& caller) { return (this->*method)(input, caller); };
  };
  return {{"CreateCluster", bound(&EcsServices::create_cluster)},
          {"DescribeClusters", bound(&EcsServices::describe_clusters)},
          {"ListClusters", bound(&EcsServices::list_clusters)},
          {"DeleteCluster", bound(&EcsServices::delete_cluster)},
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
