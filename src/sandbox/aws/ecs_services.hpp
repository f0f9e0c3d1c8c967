// The operations of ECS on clusters, services, their deployments, and tasks.
#pragma once
#include <functional>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <mutex>

#include "ecs_rollout.hpp"
#include "ecs_state.hpp"

namespace lapstrake::sandbox {

// The document of "web", "web:3" or an ARN, with its ARN. Throws ApiFailure when there is none.
using FindDefinition = std::function<nlohmann::json(const std::string& name, const Caller& caller)>;

class EcsServices {
 public:
  EcsServices(FindDefinition find_definition, EcsOptions options)
      : find_definition_(std::move(find_definition)),
        options_(std::move(options)),
        scheduler_(options_.step, *options_.logs) {}

  // Must live as long as the result.
  Operations operations();

 private:
  using Json = nlohmann::json;
  // ecs_clusters.cpp
  Json create_cluster(const Json& input, const Caller& caller);
  Json describe_clusters(const Json& input, const Caller& caller);
  Json list_clusters(const Json& input, const Caller& caller);
  Json delete_cluster(const Json& input, const Caller& caller);
  EcsRegion& region_of(const Caller& caller);  // the state at the caller's time
  static std::string cluster_name(const EcsRegion& region, const Json& input);
  // ecs_services.cpp
  Json create_service(const Json& input, const Caller& caller);
  Json update_service(const Json& input, const Caller& caller);
  Json delete_service(const Json& input, const Caller& caller);
  Json describe_services(const Json& input, const Caller& caller);
  Json list_services(const Json& input, const Caller& caller);
  static std::string service_arn(const EcsRegion& region, const Json& input, const std::string& name,
                                 const Caller& caller);
  static EcsService& service_of(EcsRegion& region, const Json& input, const Caller& caller);
  NewDeployment planned(const std::string& service, const Json& definition, const Caller& caller) const;
  ImageDigests digests_of(const Json& definition) const;
  void check_network(const Json& members, const Json& definition, const Caller& caller) const;
  // ecs_deployments.cpp
  Json list_deployments(const Json& input, const Caller& caller);
  Json describe_deployments(const Json& input, const Caller& caller);
  Json describe_revisions(const Json& input, const Caller& caller);
  Json stop_deployment(const Json& input, const Caller& caller);
  Json continue_deployment(const Json& input, const Caller& caller);
  // ecs_tasks.cpp
  Json list_tasks(const Json& input, const Caller& caller);
  Json describe_tasks(const Json& input, const Caller& caller);
  Json run_task(const Json& input, const Caller& caller);
  Json stop_task(const Json& input, const Caller& caller);

  FindDefinition find_definition_;
  EcsOptions options_;
  EcsScheduler scheduler_;
  std::mutex mutex_;
  std::map<std::string, EcsRegion> regions_;
};

[[noreturn]] void refuse_parameter(std::string message);  // InvalidParameterException
nlohmann::json missing_item(const std::string& arn);      // an element of `failures`
bool asks_for_tags(const nlohmann::json& input);          // include=TAGS
std::int64_t count_member(const nlohmann::json& input, const char* name, std::int64_t usual, std::int64_t most);

}  // namespace lapstrake::sandbox
