// The operations of ECS on clusters, services, their deployments, and tasks.
#pragma once
#include <functional>
#include <mutex>

#include "ecs_state.hpp"

namespace lapstrake::sandbox {

// The ARN and the document of "web", "web:3" or an ARN. Throws ApiFailure when there is none.
using FindDefinition = std::function<nlohmann::json(const std::string& name, const Caller& caller)>;

class EcsServices {
 public:
  EcsServices(FindDefinition find_definition, std::chrono::milliseconds step, LogsState& logs)
      : find_definition_(std::move(find_definition)), clockwork_(step, logs) {}

  // Must live as long as the result.
  Operations operations();

 private:
  using Json = nlohmann::json;
  Json create_cluster(const Json& input, const Caller& caller);
  Json describe_clusters(const Json& input, const Caller& caller);
  Json list_clusters(const Json& input, const Caller& caller);
  Json create_service(const Json& input, const Caller& caller);
  Json update_service(const Json& input, const Caller& caller);
  Json delete_service(const Json& input, const Caller& caller);
  Json describe_services(const Json& input, const Caller& caller);
  Json list_services(const Json& input, const Caller& caller);
  Json list_deployments(const Json& input, const Caller& caller);
  Json describe_deployments(const Json& input, const Caller& caller);
  Json describe_revisions(const Json& input, const Caller& caller);
  Json stop_deployment(const Json& input, const Caller& caller);
  Json continue_deployment(const Json& input, const Caller& caller);
  Json list_tasks(const Json& input, const Caller& caller);
  Json describe_tasks(const Json& input, const Caller& caller);
  Json run_task(const Json& input, const Caller& caller);
  Json stop_task(const Json& input, const Caller& caller);

  // The state at the caller's time.
  EcsRegion& region_of(const Caller& caller);
  std::string cluster_of(const EcsRegion& region, const Json& input, const Caller& caller) const;
  EcsService& service_of(EcsRegion& region, const Json& input, const Caller& caller) const;
  EcsDeployment& deployment_of(EcsRegion& region, const std::string& arn) const;

  FindDefinition find_definition_;
  EcsClockwork clockwork_;
  std::mutex mutex_;
  std::map<std::string, EcsRegion> regions_;
};

// As DescribeServices, DescribeServiceDeployments and DescribeTasks show them.
nlohmann::json shown_service(const EcsService& service, const Caller& caller);
nlohmann::json shown_deployment(const EcsService& service, const EcsDeployment& deployment);
nlohmann::json shown_revision(const EcsService& service, const EcsDeployment& deployment);
nlohmann::json shown_task(const EcsTask& task);

}  // namespace lapstrake::sandbox
