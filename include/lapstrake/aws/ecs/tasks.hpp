// The API of Amazon ECS for tasks.
#pragma once
#include <lapstrake/aws/ecs/services.hpp>
#include <vector>

namespace lapstrake::aws {

enum class TaskState { running, stopped };

// ListTasks: ARNs of the tasks of a service in a desired state; at most `most`.
std::vector<std::string> task_arns(const Session& session, const ServiceId& id, TaskState state, std::size_t most);
// DescribeTasks; without those that ECS no longer knows.
std::vector<nlohmann::json> describe_tasks(const Session& session, const std::string& cluster,
                                           const std::vector<std::string>& arns);

// RunTask. Error{deployment} with ECS's reason when no task was placed.
nlohmann::json run_task(const Session& session, const nlohmann::json& request);
// Error{deployment} when ECS no longer knows the task.
nlohmann::json describe_task(const Session& session, const std::string& cluster, const std::string& arn);

// "1dc5c17a-422b-4dc4-b493-371970c6c4d6" of a task's ARN.
std::string task_id(const std::string& arn);

}  // namespace lapstrake::aws
