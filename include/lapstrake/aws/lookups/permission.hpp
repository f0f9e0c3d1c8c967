// Permissions of IAM as values.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct Permission {
  std::string action, resource;  // "ssm:GetParameters", an ARN or "*"
  bool operator==(const Permission&) const = default;
};
// Statements of an IAM policy that allow exactly these: resources with the same actions share one.
nlohmann::ordered_json statements_for(const std::vector<Permission>& permissions);

}  // namespace lapstrake::aws
