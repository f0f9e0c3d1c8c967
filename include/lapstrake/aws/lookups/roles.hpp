// Reads of IAM: whether roles exist, who may assume them, and their permissions.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/lookups/permission.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct Role {
  std::string arn;
  std::string trust;  // the trust policy, a JSON document
};
// IAM GetRole by the ARN of the task definition; nothing when it does not exist.
std::optional<Role> find_role(const Session& session, const std::string& arn);

// Whether a trust policy lets a service ("ecs-tasks.amazonaws.com") assume the role. Conditions are not evaluated.
bool trusts(const nlohmann::json& trust_policy, const std::string& service);

// IAM SimulatePrincipalPolicy: those that the principal's policies do not allow. `principal`: the ARN of a user or
// role; that of an assumed role is turned into its role's. Resource policies are not part of the simulation. Nothing
// when the caller may not simulate.
std::optional<std::vector<Permission>> denied_permissions(const Session& session, const std::string& principal,
                                                          const std::vector<Permission>& wanted);

}  // namespace lapstrake::aws
