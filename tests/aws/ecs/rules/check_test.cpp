#include <fstream>
#include <iterator>
#include <lapstrake/aws/ecs/rules/documented.hpp>
#include <lapstrake/aws/ecs/rules/platform.hpp>

#include "aws/ecs/rules/checked_task.hpp"

using namespace lapstrake;
using nlohmann::json;

TEST_CASE("a good task definition gives no findings") { CHECK(lines_of(aws::check(good_task(), {})).empty()); }

TEST_CASE("a file as people have it wants only its placeholders filled in") {
  std::ifstream in(std::string(LAPSTRAKE_SOURCE_DIR) + "/testdata/aws/two-containers.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto document = aws::read_task_definition(text, "the file");
  CHECK(lines_of(aws::check(document, {})) ==
        std::vector<std::string>{"error /containerDefinitions/0/image: unfilled placeholder `<aws_account_id>`",
                                 "error /containerDefinitions/1/image: unfilled placeholder `<aws_account_id>`",
                                 "error /executionRoleArn: unfilled placeholder `<aws_account_id>`"});
  const auto filled = aws::read_task_definition(replace_all(text, "<aws_account_id>", "123456789012"), "the file");
  CHECK(lines_of(aws::check(filled, {})).empty());
}

TEST_CASE("documents of odd shapes are checked to their end") {
  const auto text = GENERATE("{}", R"({"containerDefinitions": 1, "tags": {"a": 1}})",
                             R"({"containerDefinitions": [1, null, "x", [2]]})", R"({"cpu": null, "memory": []})");
  const auto document = json::parse(text);
  CHECK_NOTHROW(aws::check(document, {}));
  CHECK(aws::with_platform(document, {}) == document);
}

TEST_CASE("each rule that can be ignored has a name, which is in its error and on the page of rules") {
  const std::string fargate_volumes = R"("volumes": [{"name": "data"}, )";
  const std::vector<std::pair<std::string, std::string>> broken{
      {"awslogs-options", nginx(R"("logConfiguration": {"options": {"awslogs-grup": "g"}})")},
      {"capability-names", php(R"("linuxParameters": {"capabilities": {"drop": ["CAP_NET_RAW"]}})")},
      {"efs-access-point-root", "{" + fargate_volumes + R"({"name": "e", "efsVolumeConfiguration": {"fileSystemId":
        "fs-1", "rootDirectory": "/a", "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId":
        "fsap-1"}}}]})"},
      {"ephemeral-storage-size", R"({"ephemeralStorage": {"sizeInGiB": 10}})"},
      {"environment-files", php(R"("environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.txt"}])")},
      {"external-network-mode", R"({"requiresCompatibilities": ["EXTERNAL"]})"},
      {"fargate-members", php(R"("privileged": true)")},
      {"firelens-routers", R"({"containerDefinitions": [
        {"name": "nginx", "logConfiguration": {"logDriver": "awsfirelens", "options": null}},
        {"name": "r", "image": "host/r:1", "firelensConfiguration": {"type": "fluentbit"}},
        {"name": "s", "image": "host/r:1", "firelensConfiguration": {"type": "fluentbit"}}]})"},
      {"health-check-ranges", php(R"("healthCheck": {"interval": 1})")},
      {"image-digest", php(cat(R"("image": "host/php@sha512:)", std::string(128, 'a'), "\""))},
      {"member-ranges", php(R"("ulimits": [{"name": "nofile", "softLimit": 20, "hardLimit": 10}])")},
      {"network-mode-members", php(R"("hostname": "a")")},
      {"port-names", php(R"("portMappings": [{"containerPort": 81, "name": "HTTP"}])")},
      {"port-protocols", php(R"("portMappings": [{"containerPort": 53}, {"containerPort": 53, "protocol": "udp"}])")},
      {"port-ranges", php(R"("portMappings": [{"containerPortRange": "9-8"}])")},
      {"proxy-container", R"({"proxyConfiguration": {"containerName": "envoy"}})"},
      {"stop-timeout", php(R"("stopTimeout": 600)")},
      {"task-cpu-range", R"({"requiresCompatibilities": ["EC2"], "cpu": "1"})"},
      {"volume-kinds", "{" + fargate_volumes + R"({"name": "e", "host": {"sourcePath": "/a"}, "efsVolumeConfiguration":
        {"fileSystemId": "fs-1"}}]})"},
      {"volume-names", "{" + fargate_volumes + R"({"name": "a b"}]})"},
      {"windows-members",
       R"({"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}, "pidMode": "task"})"}};
  std::ifstream page(cat(LAPSTRAKE_SOURCE_DIR, "/docs/reference/task-rules.md"));
  const std::string text(std::istreambuf_iterator<char>(page), {});
  std::vector<std::string> names;
  for (const auto& each : broken) {
    const auto& rule = each.first;
    const auto& patch = each.second;
    CAPTURE(rule, patch);
    names.push_back(rule);
    CHECK_THAT(text, Contains("\n| `" + rule + "` | "));
    const auto findings = aws::check(with(patch), {});
    CAPTURE(lines_of(findings));
    CHECK(std::any_of(findings.begin(), findings.end(), [&](const auto& found) { return found.rule == rule; }));
  }
  CHECK(names == aws::ignorable_rules());
}
