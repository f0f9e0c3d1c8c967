#include <algorithm>
#include <lapstrake/app/online/permissions.hpp>
#include <lapstrake/app/tasks/document.hpp>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/stored.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/reference.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Permissions = std::vector<aws::Permission>;

void add(Permissions& to, const std::string& resource, std::initializer_list<const char*> actions) {
  for (const auto* action : actions)
    if (aws::Permission permission{action, resource}; std::find(to.begin(), to.end(), permission) == to.end())
      to.push_back(std::move(permission));
}

std::string arn(const Account& account, std::string_view service, const std::string& rest) {
  return cat("arn:", account.partition, ":", service, ":", account.region, ":", account.id, ":", rest);
}

struct EcrRepository {
  std::string arn;
};
// Of "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME[:tag][@digest]".
std::optional<EcrRepository> ecr_repository(const std::string& reference, const Account& account) {
  const auto slash = reference.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto host = aws::parse_ecr_host(reference.substr(0, slash));
  if (!host) return std::nullopt;
  auto name = reference.substr(slash + 1);
  name = name.substr(0, name.find('@'));
  name = name.substr(0, name.find(':'));
  return EcrRepository{cat("arn:", account.partition, ":ecr:", host->region, ":", host->account, ":repository/", name)};
}

void add_secret(Permissions& to, const std::string& value_from, const Account& account) {
  const auto source = aws::secret_source(value_from);
  if (source.kind == aws::SecretSource::Kind::secret)
    add(to, source.id, {"secretsmanager:GetSecretValue"});
  else if (source.id.starts_with("arn:"))
    add(to, source.id, {"ssm:GetParameters"});
  else
    add(to, arn(account, "ssm", cat("parameter", source.id.starts_with('/') ? "" : "/", source.id)),
        {"ssm:GetParameters"});
}

void add_logs(Permissions& to, const json& container, const Account& account) {
  const auto& logs = aws::member_of(container, "logConfiguration");
  if (aws::text_of(logs, "logDriver") != "awslogs") return;
  const auto& options = aws::member_of(logs, "options");
  auto there = account;
  if (const auto region = aws::text_of(options, "awslogs-region"); !region.empty()) there.region = region;
  const auto group = arn(there, "logs", cat("log-group:", aws::text_of(options, "awslogs-group"), ":*"));
  add(to, group, {"logs:CreateLogStream", "logs:PutLogEvents"});
  if (aws::text_of(options, "awslogs-create-group") == "true") add(to, group, {"logs:CreateLogGroup"});
}

void add_container(Permissions& to, const json& container, const Account& account) {
  if (const auto repository = ecr_repository(aws::text_of(container, "image"), account)) {
    add(to, "*", {"ecr:GetAuthorizationToken"});
    add(to, repository->arn, {"ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"});
  }
  add_logs(to, container, account);
  for (const auto& secret : aws::list_of(container, "secrets"))
    add_secret(to, aws::text_of(secret, "valueFrom"), account);
  for (const auto& secret : aws::list_of(aws::member_of(container, "logConfiguration"), "secretOptions"))
    add_secret(to, aws::text_of(secret, "valueFrom"), account);
  if (const auto login = aws::text_of(aws::member_of(container, "repositoryCredentials"), "credentialsParameter");
      !login.empty())
    add_secret(to, login, account);
  for (const auto& file : aws::list_of(container, "environmentFiles")) {
    const auto object = aws::text_of(file, "value");
    add(to, object, {"s3:GetObject"});
    add(to, object.substr(0, object.find('/')), {"s3:GetBucketLocation"});
  }
}

void add_push(Permissions& to, const spec::Project& project, const Account& account) {
  for (const auto& image : project.images) {
    const auto repository = ecr_repository(image.repository, account);
    if (!repository) continue;
    add(to, "*", {"ecr:GetAuthorizationToken"});
    add(to, repository->arn,
        {"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
         "ecr:PutImage", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:DescribeRepositories"});
  }
}

std::string log_group_of(const json& container, const Account& account) {
  const auto& options = aws::member_of(aws::member_of(container, "logConfiguration"), "options");
  const auto group = aws::text_of(options, "awslogs-group");
  return group.empty() ? "" : arn(account, "logs", cat("log-group:", group, ":*"));
}

void add_tasks(Permissions& to, const std::vector<json>& documents, const Account& account) {
  for (const auto& document : documents) {
    add(to, "*", {"ecs:RegisterTaskDefinition", "ecs:DescribeTaskDefinition"});
    for (const auto* role : {"executionRoleArn", "taskRoleArn"})
      if (const auto role_arn = aws::text_of(document, role); !role_arn.empty()) add(to, role_arn, {"iam:PassRole"});
    if (!aws::list_of(document, "tags").empty())
      add(to, arn(account, "ecs", cat("task-definition/", aws::text_of(document, "family"), ":*")),
          {"ecs:TagResource"});
  }
}

void add_services(Permissions& to, const spec::Project& project, const std::vector<json>& documents,
                  const Account& account) {
  for (const auto& service : project.services) {
    const auto members = json::parse(service.document);
    auto cluster = aws::text_of(members, "cluster");
    cluster = cluster.empty() ? "default" : cluster.substr(cluster.rfind('/') + 1);
    const auto name = aws::text_of(members, "serviceName");
    const auto place = cat(cluster, "/", name.empty() ? service.name : name);
    add(to, arn(account, "ecs", cat("service/", place)),
        {"ecs:CreateService", "ecs:UpdateService", "ecs:DescribeServices", "ecs:ListServiceDeployments"});
    add(to, arn(account, "ecs", cat("service-deployment/", place, "/*")),
        {"ecs:DescribeServiceDeployments", "ecs:StopServiceDeployment", "ecs:ContinueServiceDeployment"});
    add(to, arn(account, "ecs", cat("service-revision/", place, "/*")), {"ecs:DescribeServiceRevisions"});
    add(to, arn(account, "ecs", cat("task/", cluster, "/*")), {"ecs:DescribeTasks"});
    add(to, "*", {"ecs:ListTasks"});
    if (service.before) add(to, arn(account, "ecs", "task-definition/*:*"), {"ecs:RunTask"});
    if (service.scale)
      add(to, "*",
          {"application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
           "application-autoscaling:RegisterScalableTarget", "application-autoscaling:PutScalingPolicy"});
  }
  if (project.services.empty()) return;
  for (const auto& document : documents)
    for (const auto& container : aws::list_of(document, "containerDefinitions"))
      if (const auto group = log_group_of(container, account); !group.empty()) add(to, group, {"logs:GetLogEvents"});
}

ordered_json document_with(const Permissions& permissions) {
  auto statements = aws::statements_for(permissions);
  for (auto& statement : statements)
    if (const auto& actions = statement["Action"];
        std::find(actions.begin(), actions.end(), "iam:PassRole") != actions.end())
      statement["Condition"] = {{"StringEquals", {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}}}};
  return {{"Version", "2012-10-17"}, {"Statement", statements}};
}

Permissions task_skeleton(const spec::Project& project, const std::vector<json>& documents) {
  Permissions out;
  const bool uses_exec = std::any_of(project.services.begin(), project.services.end(), [](const auto& service) {
    return json::parse(service.document).value("enableExecuteCommand", json()) == true;
  });
  if (uses_exec)
    add(out, "*",
        {"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
         "ssmmessages:OpenDataChannel"});
  for (const auto& document : documents)
    for (const auto& volume : aws::list_of(document, "volumes"))
      if (const auto& efs = aws::member_of(volume, "efsVolumeConfiguration");
          aws::text_of(aws::member_of(efs, "authorizationConfig"), "iam") == "ENABLED")
        add(out, "*", {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"});
  return out;
}

ordered_json trust_policy() {
  return {
      {"Version", "2012-10-17"},
      {"Statement",
       {{{"Effect", "Allow"}, {"Principal", {{"Service", "ecs-tasks.amazonaws.com"}}}, {"Action", "sts:AssumeRole"}}}}};
}

}  // namespace

Account account_of(const spec::Project& project, const std::vector<json>& documents, const std::string& region) {
  Account account;
  for (const auto& image : project.images)
    if (const auto host = aws::parse_ecr_host(image.repository.substr(0, image.repository.find('/')))) {
      account.id = host->account;
      account.region = host->region;
      break;
    }
  for (const auto& document : documents) {
    const auto parts = split(aws::text_of(document, "executionRoleArn"), ':');
    if (parts.size() < 6) continue;
    account.partition = parts[1];
    account.id = parts[4];
  }
  if (!region.empty()) account.region = region;
  return account;
}

Permissions execution_permissions(const json& document, const Account& account) {
  Permissions out;
  for (const auto& container : aws::list_of(document, "containerDefinitions")) add_container(out, container, account);
  return out;
}

Permissions deployer_permissions(const spec::Project& project, const std::vector<json>& documents,
                                 const Account& account) {
  Permissions out;
  add_push(out, project, account);
  add_tasks(out, documents, account);
  add_services(out, project, documents, account);
  return out;
}

std::string policy(const spec::Project& project, PolicyKind kind, const std::string& region) {
  if (kind == PolicyKind::trust) return trust_policy().dump(2);
  std::vector<json> documents;
  for (const auto& task : project.tasks) documents.push_back(placeholder_document(project, task));
  const auto account = account_of(project, documents, region);
  Permissions permissions;
  if (kind == PolicyKind::deployer) permissions = deployer_permissions(project, documents, account);
  if (kind == PolicyKind::task) permissions = task_skeleton(project, documents);
  if (kind == PolicyKind::execution)
    for (const auto& document : documents)
      for (const auto& one : execution_permissions(document, account))
        add(permissions, one.resource, {one.action.c_str()});
  return document_with(permissions).dump(2);
}

}  // namespace lapstrake::app
