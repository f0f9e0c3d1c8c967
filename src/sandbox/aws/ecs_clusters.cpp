#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "ecs_services.hpp"
#include "ecs_shown.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {

using Json = nlohmann::json;

void refuse_parameter(std::string message) { throw ApiFailure{"InvalidParameterException", std::move(message)}; }

Json missing_item(const std::string& arn) { return {{"arn", arn}, {"reason", "MISSING"}}; }

bool asks_for_tags(const Json& input) {
  const auto wanted = texts_member(input, "include");
  return std::find(wanted.begin(), wanted.end(), "TAGS") != wanted.end();
}

std::int64_t count_member(const Json& input, const char* name, std::int64_t usual, std::int64_t most) {
  if (!input.contains(name)) return usual;
  if (!input[name].is_number_integer()) refuse_kind(input[name], aws::ModelShape::Kind::integer);
  const auto count = input[name].get<std::int64_t>();
  if (count < 0 || count > most) refuse_parameter(cat(name, " must be from 0 to ", most, "."));
  return count;
}

std::string last_part(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

std::string cluster_arn(const std::string& name, const Caller& caller) {
  return cat("arn:aws:ecs:", caller.region, ":", caller.account, ":cluster/", name);
}

Json shown_cluster(const std::string& name, const EcsRegion& region, const Caller& caller) {
  const auto arn = cluster_arn(name, caller);
  TaskCounts count;
  for (const auto& task : region.tasks)
    if (task.cluster_arn == arn && !task.has_stopped(caller.now))
      ++(task.runs(caller.now) ? count.running : count.pending);
  Json out = {{"clusterArn", arn},
              {"clusterName", name},
              {"status", "ACTIVE"},
              {"registeredContainerInstancesCount", 0},
              {"runningTasksCount", count.running},
              {"pendingTasksCount", count.pending},
              {"activeServicesCount", std::count_if(region.services.begin(), region.services.end(),
                                                    [&](const auto& entry) {
                                                      return entry.second.cluster_arn == arn &&
                                                             entry.second.status == "ACTIVE";
                                                    })},
              {"statistics", Json::array()},
              {"tags", Json::array()},
              {"settings", Json::array({{{"name", "containerInsights"}, {"value", "disabled"}}})},
              {"capacityProviders", {"FARGATE", "FARGATE_SPOT"}},
              {"defaultCapacityProviderStrategy", Json::array()}};
  for (const auto* member : {"tags", "settings", "capacityProviders", "defaultCapacityProviderStrategy",
                             "configuration", "serviceConnectDefaults"})
    if (region.clusters.at(name).contains(member)) out[member] = region.clusters.at(name)[member];
  return out;
}

EcsRegion& EcsServices::region_of(const Caller& caller) {
  auto& region = regions_[caller.region];
  if (region.clusters.empty()) region.clusters = {{"default", Json::object()}, {"prod", Json::object()}};
  scheduler_.advance(region, caller);
  return region;
}

std::string EcsServices::cluster_name(const EcsRegion& region, const Json& input) {
  const auto given = text_member(input, "cluster");
  const auto name = given.empty() ? std::string("default") : last_part(given);
  if (!region.clusters.contains(name)) throw ApiFailure{"ClusterNotFoundException", "Cluster not found."};
  return name;
}

Json EcsServices::create_cluster(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto given = text_member(input, "clusterName");
  const auto name = given.empty() ? std::string("default") : given;
  const bool is_valid = name.size() <= 255 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '-' || c == '_';
                        });
  if (!is_valid) refuse_parameter("Cluster names can have letters, numbers, hyphens and underscores.");
  if (region.clusters.size() >= most_ecs_items) refuse_parameter("The sandbox stores no more clusters.");
  region.clusters.try_emplace(name, input);
  return {{"cluster", shown_cluster(name, region, caller)}};
}

Json EcsServices::describe_clusters(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto& region = region_of(caller);
  auto wanted = texts_member(input, "clusters");
  if (wanted.empty()) wanted = {"default"};
  if (wanted.size() > 100) refuse_parameter("Clusters can have at most 100 elements.");
  Json clusters = Json::array(), failures = Json::array();
  for (const auto& text : wanted)
    if (const auto name = last_part(text); region.clusters.contains(name))
      clusters.push_back(shown_cluster(name, region, caller));
    else
      failures.push_back(missing_item(cluster_arn(name, caller)));
  return {{"clusters", clusters}, {"failures", failures}};
}

Json EcsServices::list_clusters(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  std::vector<Json> arns;
  for (const auto& cluster : region_of(caller).clusters) arns.emplace_back(cluster_arn(cluster.first, caller));
  return page(input, "clusterArns", std::move(arns), 100, 100);
}

Json EcsServices::delete_cluster(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto name = cluster_name(region, input);
  auto shown = shown_cluster(name, region, caller);
  if (shown["activeServicesCount"] != 0)
    throw ApiFailure{"ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."};
  if (shown["runningTasksCount"] != 0 || shown["pendingTasksCount"] != 0)
    throw ApiFailure{"ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."};
  region.clusters.erase(name);
  shown["status"] = "INACTIVE";
  return {{"cluster", shown}};
}

}  // namespace lapstrake::sandbox
