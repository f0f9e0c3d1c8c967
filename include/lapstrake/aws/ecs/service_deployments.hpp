// The API of Amazon ECS for service deployments and service revisions (Amazon ECS API Reference, ServiceDeployment).
// Endpoints that do not have it (older emulators) answer "nothing".
#pragma once
#include <lapstrake/aws/ecs/services.hpp>
#include <vector>

namespace lapstrake::aws {

// DescribeServiceDeployments; nothing when the deployment is unknown or the endpoint lacks the operation.
std::optional<nlohmann::json> find_service_deployment(const Session& session, const std::string& arn);
// ARNs of the deployments that were created at or after `since`, newest first.
std::vector<std::string> service_deployments_since(const Session& session, const ServiceId& id,
                                                   std::chrono::system_clock::time_point since);
// DescribeServiceRevisions; nothing as above.
std::optional<nlohmann::json> find_service_revision(const Session& session, const std::string& arn);

// Rolls a running deployment back (StopServiceDeployment).
void stop_with_rollback(const Session& session, const std::string& arn);

enum class HookAction { proceed, roll_back };
// Answers a lifecycle hook that is waiting (ContinueServiceDeployment).
void answer_hook(const Session& session, const std::string& deployment_arn, const std::string& hook_id,
                 HookAction action);

}  // namespace lapstrake::aws
