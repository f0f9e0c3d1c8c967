// A task definition without mistakes, and checks of patched copies of it.
#pragma once
#include <lapstrake/aws/ecs/rules/check.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/catch.hpp"

// Nothing is wrong with it.
inline nlohmann::json good_task() {
  using nlohmann::literals::operator""_json;
  return R"({
    "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "2048",
    "executionRoleArn": "arn:aws:iam::123456789012:role/exec", "taskRoleArn": "arn:aws:iam::123456789012:role/team/app",
    "volumes": [{"name": "data"}],
    "containerDefinitions": [
      {"name": "nginx", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/nginx:1", "essential": true,
       "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
       "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
       "environment": [{"name": "MODE", "value": "prod"}],
       "secrets": [{"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/db"}],
       "dependsOn": [{"containerName": "php", "condition": "HEALTHY"}],
       "logConfiguration": {"logDriver": "awslogs", "options": {
         "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"}}},
      {"name": "php", "image": "host/php@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
       "healthCheck": {"command": ["CMD", "probe"], "interval": 10}}]})"_json;
}

inline std::string line_of(const lapstrake::Finding& finding) {
  return lapstrake::cat(finding.severity == lapstrake::Finding::Severity::error ? "error " : "warning ",
                        finding.pointer, ": ", finding.message);
}

inline std::vector<std::string> lines_of(const std::vector<lapstrake::Finding>& findings) {
  std::vector<std::string> lines;
  for (const auto& finding : findings) lines.push_back(line_of(finding));
  return lines;
}

inline nlohmann::json with(const std::string& patch) {
  return lapstrake::aws::merge(good_task(), nlohmann::json::parse(patch));
}
inline std::string nginx(const std::string& members) {
  return R"({"containerDefinitions": [{"name": "nginx", )" + members + "}]}";
}
inline std::string php(const std::string& members) {
  return R"({"containerDefinitions": [{"name": "php", )" + members + "}]}";
}

// A patch of the good task that makes one mistake, and its finding.
struct Row {
  std::string patch, finding, help;
};
inline void check_row(const Row& row) {
  const auto findings = lapstrake::aws::check(with(row.patch), {});
  CAPTURE(row.patch);
  REQUIRE(lines_of(findings) == std::vector<std::string>{row.finding});
  CHECK_THAT(findings[0].help, Contains(row.help));
}

inline const std::string c0 = "/containerDefinitions/0", c1 = "/containerDefinitions/1";
