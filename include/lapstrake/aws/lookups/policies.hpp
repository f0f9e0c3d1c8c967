// The policies of a role or user, read and evaluated here where IAM does not let the caller simulate them. An
// approximation: conditions are taken as met, and permission boundaries and policies of the organization are not known.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/lookups/permission.hpp>
#include <nlohmann/json_fwd.hpp>

namespace lapstrake::aws {

// The documents of the inline and attached policies of a role, or of a user and its groups, as JSON texts.
// Error{access} when the caller may not read them.
std::vector<std::string> policies_of(const Session& session, const std::string& arn);

// Whether the statements of these policies allow an action on a resource (IAM User Guide, "Policy evaluation logic": a
// denial wins).
bool allows(const std::vector<nlohmann::json>& policies, const Permission& permission);

}  // namespace lapstrake::aws
