#include "iam_state.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::string_view id_capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// The AWS managed policy AmazonECSTaskExecutionRolePolicy, as of 2018.
constexpr const char* task_execution_policy = R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "logs:CreateLogStream",
        "logs:PutLogEvents"
      ],
      "Resource": "*"
    }
  ]
})";
constexpr const char* task_execution_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

std::string service_trust(const std::string& service) {
  return cat(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":")", service,
             R"("},"Action":"sts:AssumeRole"}]})");
}

}  // namespace

IamState::IamState(std::string account, Time now) : account_(std::move(account)) {
  policies_[task_execution_arn] = {.arn = task_execution_arn,
                                   .name = "AmazonECSTaskExecutionRolePolicy",
                                   .path = "/service-role/",
                                   .id = "ANPAJG4T4G4PV56DE72PY",
                                   .document = task_execution_policy,
                                   .created = now};
  for (const auto& [name, service] :
       {std::pair{"ecsTaskExecutionRole", "ecs-tasks.amazonaws.com"},
        std::pair{"ecsTaskRole", "ecs-tasks.amazonaws.com"}, std::pair{"ecsInstanceRole", "ec2.amazonaws.com"}})
    roles_[name] = {
        .name = name, .id = "AROA" + random_text(17, id_capitals), .trust = service_trust(service), .created = now};
  roles_["ecsTaskExecutionRole"].attached.insert(task_execution_arn);
}

std::optional<IamRole> IamState::find_role(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = roles_.find(name);
  return found == roles_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<nlohmann::json> IamState::policies_of(const std::string& role) const {
  const std::lock_guard lock(mutex_);
  const auto found = roles_.find(role);
  return found == roles_.end() ? std::vector<Json>{} : policies_of(found->second);
}

std::vector<nlohmann::json> IamState::policies_of(const IamRole& role) const {
  std::vector<Json> all;
  for (const auto& policy : role.inline_policies) all.push_back(Json::parse(policy.second));
  for (const auto& arn : role.attached) all.push_back(Json::parse(policies_.at(arn).document));
  return all;
}

std::string IamState::arn_of(const IamRole& role) const {
  return cat("arn:aws:iam::", account_, ":role", role.path, role.name);
}

std::vector<std::string> IamState::roles_trusted_by(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& entry : roles_)
    if (evaluate_trust(Json::parse(entry.second.trust), {.action = "sts:AssumeRole"}, {{"Service", {service}}}) ==
        Decision::allowed)
      names.push_back(entry.first);
  return names;
}

}  // namespace lapstrake::sandbox
