// ECS's documents of clusters, services, deployments, revisions and tasks, as the Describe operations return them.
#pragma once
#include "ecs_state.hpp"

namespace lapstrake::sandbox {

struct EcsView {
  EcsView(const EcsRegion& region, const Caller& of) : caller(of), counts(count_tasks(region, of.now)) {}
  TaskCounts count(const std::string& deployment_id) const {
    const auto found = counts.find(deployment_id);
    return found == counts.end() ? TaskCounts{} : found->second;
  }

  const Caller& caller;
  std::map<std::string, TaskCounts> counts;
};

nlohmann::json shown_cluster(const std::string& name, const EcsRegion& region, const Caller& caller);
nlohmann::json shown_service(const EcsService& service, const EcsView& view, bool with_tags = true);
nlohmann::json shown_deployment(const EcsService& service, const EcsDeployment& deployment, const EcsView& view);
nlohmann::json shown_revision(const EcsService& service, const EcsDeployment& deployment);
nlohmann::json shown_task(const EcsTask& task, Time now, bool with_tags = true);

std::string cluster_arn(const std::string& name, const Caller& caller);
std::string last_part(const std::string& arn);  // after the last "/"

}  // namespace lapstrake::sandbox
