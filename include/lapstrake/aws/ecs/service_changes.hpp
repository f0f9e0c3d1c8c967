// The difference between a service as it is and as the spec wants it, as ONE UpdateService. Pure. Source of the
// members: the input of CreateService and UpdateService in botocore's model; members that are not in it pass through.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct MemberChange {
  std::string name;           // "networkConfiguration"
  std::string before, after;  // JSON texts; empty: absent
};

struct ServiceChanges {
  std::vector<MemberChange> members;  // that UpdateService sets, in the spec's order
  std::vector<std::string> fixed;     // that differ, but that ECS sets at creation only ("launchType")
};

// `live`: DescribeServices' service. `wanted`: the spec's members, with `taskDefinition`; null removes a member, absent
// members are left alone, `desiredCount` is ignored. A member differs if any value in it differs; values that only
// `live` has are defaults of the server. Error{usage} for a null member that ECS cannot remove.
ServiceChanges service_changes(const nlohmann::json& live, const nlohmann::json& wanted);

// The input of UpdateService that makes these changes.
nlohmann::json update_request(const nlohmann::json& live, const nlohmann::json& wanted, const ServiceChanges& changes);
// The input of CreateService. Fargate tasks get the launch type FARGATE unless the spec has a capacity provider
// strategy: ECS's default is EC2, where they cannot start.
nlohmann::json create_request(const std::string& name, const nlohmann::json& wanted, bool is_fargate);

}  // namespace lapstrake::aws
