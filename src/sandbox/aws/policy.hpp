// Evaluates IAM policies (IAM User Guide, "Policy evaluation logic"). Pure. Conditions: the string, boolean and ARN
// operators.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::sandbox {

enum class Decision { allowed, explicit_deny, implicit_deny };

struct PolicyRequest {
  std::string action, resource = "*";
  bool any_resource = false;                        // the policies' resources are not compared
  std::map<std::string, std::string> context = {};  // by condition key: "iam:PassedToService"
};

// Throws ApiFailure{MalformedPolicyDocument}.
nlohmann::json parse_policy(const std::string& text);

Decision evaluate(const std::vector<nlohmann::json>& policies, const PolicyRequest& request);
// Of a trust policy. `principals`: names of the caller under each kind ("AWS", "Service", "Federated").
Decision evaluate_trust(const nlohmann::json& policy, const PolicyRequest& request,
                        const std::map<std::string, std::vector<std::string>>& principals);

// `*` any characters, `?` one.
bool matches_wildcards(std::string_view pattern, std::string_view text);

}  // namespace lapstrake::sandbox
