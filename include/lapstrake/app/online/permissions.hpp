// The IAM permissions that a project needs, derived from its spec. Pure. Sources: Amazon ECS Developer Guide, "Task
// execution IAM role" and "Task IAM role"; Amazon ECR User Guide, "IAM permissions for pushing an image".
#pragma once
#include <lapstrake/aws/lookups/roles.hpp>
#include <lapstrake/spec/project.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// Where the resources of ARNs are.
struct Account {
  std::string partition = "aws", id = "*", region = "*";
};
// From the repositories and the roles of the spec; `region` is the user's, or empty.
Account account_of(const spec::Project& project, const std::vector<nlohmann::json>& documents,
                   const std::string& region);

// Of the execution role of a task definition.
std::vector<aws::Permission> execution_permissions(const nlohmann::json& document, const Account& account);

// Of the principal that runs lapstrake: push, register, deploy.
std::vector<aws::Permission> deployer_permissions(const spec::Project& project,
                                                  const std::vector<nlohmann::json>& documents, const Account& account);

enum class PolicyKind { deployer, execution, task, trust };
// A policy document for people to paste, as JSON text with line breaks. `task`: a skeleton with what ECS Exec and EFS
// need, since lapstrake does not know what the program calls.
std::string policy(const spec::Project& project, PolicyKind kind, const std::string& region);

}  // namespace lapstrake::app
