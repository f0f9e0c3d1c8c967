#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/roles.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "scope.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr const char* tasks_service = "ecs-tasks.amazonaws.com";

// What each role is for: they are easily confused.
const char* purpose_of(const std::string& member) {
  return member == "executionRoleArn" ? "ECS pulls the images, reads the secrets and writes the logs with it"
                                      : "the program in the container calls AWS with it";
}

bool is_trusted(const aws::Role& role) {
  const auto policy = json::parse(role.trust, nullptr, false);
  return !policy.is_discarded() && aws::trusts(policy, tasks_service);
}

// Whether the role exists and ECS may assume it.
bool check_role(OnlineScope& scope, const OnlineTask& task, const std::string& member, const std::string& arn) {
  const auto role = aws::find_role(scope.session, arn);
  const auto name = arn.substr(arn.rfind('/') + 1);
  if (!role) {
    scope.add(task, {.pointer = cat("/", member),
                     .message = cat("the role `", name, "` does not exist (", purpose_of(member), ")"),
                     .help = cat("lapstrake policy trust > trust.json; aws iam create-role --role-name ", name,
                                 " --assume-role-policy-document file://trust.json")});
    return false;
  }
  if (is_trusted(*role)) return true;
  scope.add(task, {.pointer = cat("/", member),
                   .message = cat("the role `", name, "` does not trust ", tasks_service, ": ECS cannot assume it"),
                   .help = cat("lapstrake policy trust > trust.json; aws iam update-assume-role-policy --role-name ",
                               name, " --policy-document file://trust.json")});
  return false;
}

std::string actions_of(const std::vector<aws::Permission>& permissions) {
  std::vector<std::string> parts;
  for (const auto& permission : permissions) parts.push_back(cat(permission.action, " on ", permission.resource));
  return join(parts, ", ");
}

void check_execution_role(OnlineScope& scope, const OnlineTask& task, const std::string& arn) {
  const auto wanted = execution_permissions(task.document, scope.account);
  if (wanted.empty()) return;
  const auto denied = aws::denied_permissions(scope.session, arn, wanted);
  const auto name = arn.substr(arn.rfind('/') + 1);
  if (!denied) {
    scope.add(task, {.severity = Finding::Severity::warning,
                     .pointer = "/executionRoleArn",
                     .message = cat("cannot check the permissions of the execution role `", name, "`"),
                     .help = "the caller needs iam:SimulatePrincipalPolicy on the role"});
  } else if (!denied->empty()) {
    scope.add(task, {.pointer = "/executionRoleArn",
                     .message = cat("the execution role `", name, "` lacks ", actions_of(*denied)),
                     .help = cat("add to its policy: ", aws::statements_for(*denied).dump())});
  }
}

}  // namespace

void check_roles(OnlineScope& scope) {
  for (const auto& task : scope.tasks) {
    for (const auto* member : {"executionRoleArn", "taskRoleArn"}) {
      const auto arn = aws::text_of(task.document, member);
      if (!arn.starts_with("arn:")) continue;
      scope.try_check(cat("the role ", arn), [&] {
        if (check_role(scope, task, member, arn) && std::string_view(member) == "executionRoleArn")
          check_execution_role(scope, task, arn);
      });
    }
  }
}

void check_deployer(OnlineScope& scope) {
  std::vector<json> documents;
  for (const auto& task : scope.tasks) documents.push_back(task.document);
  scope.try_check("the permissions of the caller", [&] {
    const auto caller = aws::caller_identity(scope.session);
    const auto denied = aws::denied_permissions(scope.session, caller.arn,
                                                deployer_permissions(scope.project, documents, scope.account));
    if (denied && denied->empty()) return;
    const bool is_unknown = !denied;
    scope.findings.push_back(
        {.severity = is_unknown ? Finding::Severity::warning : Finding::Severity::error,
         .where = {.file = scope.project.file.string()},
         .message = is_unknown ? cat("cannot check the permissions of the caller ", caller.arn)
                               : cat("the caller ", caller.arn, " lacks ", actions_of(*denied)),
         .help = is_unknown
                     ? "compare its policy with `lapstrake policy deployer`, or allow iam:SimulatePrincipalPolicy"
                     : cat("add to its policy: ", aws::statements_for(*denied).dump())});
  });
}

}  // namespace lapstrake::app
