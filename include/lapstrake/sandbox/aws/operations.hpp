// The operations of the AWS services that the sandbox emulates.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/registry/logins.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <lapstrake/sandbox/registry/uploads.hpp>
#include <memory>

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
// `step`: the time that each step of a rollout takes.
Operations ecs_operations(std::shared_ptr<LogsState> logs, std::chrono::milliseconds step);
Operations ssm_operations();
Operations secrets_manager_operations();
Operations autoscaling_operations();

}  // namespace lapstrake::sandbox
