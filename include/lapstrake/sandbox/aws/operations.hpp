// The operations of the AWS services that the sandbox emulates.
#pragma once
#include <chrono>
#include <functional>
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/aws/script_choice.hpp>
#include <lapstrake/sandbox/registry/logins.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <lapstrake/sandbox/registry/uploads.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace lapstrake::sandbox {

// ECR's JSON API, on the same repositories as /v2/.
Operations ecr_operations(Repositories& repositories, RegistryLogins& logins, Uploads& uploads);
Operations ecr_public_operations(RegistryLogins& logins);
// The parts of ecr_operations().
Operations repository_operations(Repositories& repositories);
Operations layer_operations(Repositories& repositories, Uploads& uploads);
// CloudWatch Logs, which the tasks of ECS write to.
class LogsState;
std::shared_ptr<LogsState> new_logs();
Operations logs_operations(const std::shared_ptr<LogsState>& logs);
// ECS: task definitions with the validation and defaults of the service, clusters, services, deployments and tasks.
struct EcsOptions {
  std::shared_ptr<LogsState> logs;
  std::chrono::milliseconds step{500};  // of a rollout
  std::shared_ptr<ScriptChoice> scripts = nullptr;
  // The digest of an image by tag in the sandbox's registries; nothing when it is not there.
  std::function<std::optional<std::string>(const std::string& image)> digest_of_image = nullptr;
  // Throws ApiFailure for subnets or security groups that are missing.
  std::function<void(const std::vector<std::string>& subnets, const std::vector<std::string>& groups,
                     const Caller& caller)>
      check_network = nullptr;
};
Operations ecs_operations(EcsOptions options);
// STS, and IAM with its roles, whose policies decide about calls with the credentials of a role.
class IamState;
std::shared_ptr<IamState> new_iam(const std::string& account, Time now);
Operations iam_operations(const std::shared_ptr<IamState>& iam);
bool role_allows(const IamState& iam, const std::string& role, const std::string& action);
Operations sts_operations(std::shared_ptr<AccessKeys> keys, std::shared_ptr<IamState> iam);
// EC2's networks, and load balancers with the tasks of ECS as targets.
class NetworkState;
std::shared_ptr<NetworkState> new_network();
Operations ec2_operations(const std::shared_ptr<NetworkState>& network);
void check_network(NetworkState& network, const std::vector<std::string>& subnets,
                   const std::vector<std::string>& groups, const Caller& caller);
Operations elbv2_operations(Operations ecs, std::shared_ptr<NetworkState> network);
Operations ssm_operations();
Operations secrets_manager_operations();
Operations autoscaling_operations();

}  // namespace lapstrake::sandbox
