// The API of Amazon ECS for services. Documents stay JSON, as ECS sends them.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace lapstrake::aws {

struct ServiceId {
  std::string cluster;  // name or ARN
  std::string name;
};

// DescribeServices with its tags; nothing when the service does not exist, is inactive, or its cluster is missing.
std::optional<nlohmann::json> find_service(const Session& session, const ServiceId& id);

// The service as the reply has it. A lost reply of CreateService is repeated with the same client token, so that one
// service is created. UpdateService is sent once: before a repetition, find_service() tells whether it arrived.
nlohmann::json create_service(const Session& session, const nlohmann::json& request);
nlohmann::json update_service(const Session& session, const nlohmann::json& request);

// The PRIMARY of a service's deployments; null when there is none.
const nlohmann::json& primary_deployment(const nlohmann::json& service);

}  // namespace lapstrake::aws
