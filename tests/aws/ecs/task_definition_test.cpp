#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/base/error.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;
using nlohmann::literals::operator""_json;

namespace {

Error read_failure(std::string_view text) {
  try {
    aws::read_task_definition(text, "`task.json`");
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw 0;
}

}  // namespace

TEST_CASE("a task definition is read as people have it, comments and all") {
  const auto document = aws::read_task_definition(R"({
    "family": "web", // the family
    "cpu": "256", /* a quarter */ "image": "http://x // y"
  })",
                                                  "`task.json`");
  CHECK(document == R"({"family": "web", "cpu": "256", "image": "http://x // y"})"_json);
}

TEST_CASE("what describe-task-definition prints is unwrapped, without its read-only members, with its tags") {
  const auto document = aws::read_task_definition(R"({
    "taskDefinition": {
      "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7", "revision": 7, "family": "web",
      "status": "ACTIVE", "requiresAttributes": [{"name": "x"}], "compatibilities": ["EC2"], "registeredAt": 1.5,
      "registeredBy": "arn", "deregisteredAt": 1.5, "deleteRequestedAt": 2, "brandNewMember": {"x": 1}},
    "tags": [{"key": "team", "value": "web"}]})",
                                                  "`task.json`");
  CHECK(document == R"({"family": "web", "brandNewMember": {"x": 1}, "tags": [{"key": "team", "value": "web"}]})"_json);
}

TEST_CASE("text that is no task definition is a usage fault that names the file") {
  const auto text = GENERATE("", "[]", "\"web\"", "family: web", "{\"a\": 1", "{\"a\": 1, \"a\": 2}", "{\"s\": \",}\"");
  const auto error = read_failure(text);
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("`task.json`"));
  CHECK_FALSE(error.help().empty());
}

TEST_CASE("an overlay is a merge patch") {
  CHECK(aws::merge(R"({"a": 1, "b": {"c": 1, "d": 2}})"_json, R"({"a": null, "b": {"c": null, "e": 3}})"_json) ==
        R"({"b": {"d": 2, "e": 3}})"_json);
  CHECK(aws::merge(R"({"list": [1, 2]})"_json, R"({"list": [3]})"_json) == R"({"list": [3]})"_json);
  CHECK(aws::merge(R"({"a": "text"})"_json, R"({"a": {"b": {"c": null, "d": 1}}})"_json) ==
        R"({"a": {"b": {"d": 1}}})"_json);
}

TEST_CASE("lists of named objects merge by name, new ones at the end") {
  const auto base = R"({"containerDefinitions": [
    {"name": "nginx", "image": "a", "environment": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]},
    {"name": "php", "image": "b"}]})"_json;
  const auto overlay = R"({"containerDefinitions": [
    {"name": "sidecar", "image": "c", "cpu": null},
    {"name": "nginx", "image": "A", "environment": [{"name": "Y", "value": "3"}, {"name": "Z", "value": "4"}]}]})"_json;
  CHECK(aws::merge(base, overlay) == R"({"containerDefinitions": [
    {"name": "nginx", "image": "A", "environment": [
      {"name": "X", "value": "1"}, {"name": "Y", "value": "3"}, {"name": "Z", "value": "4"}]},
    {"name": "php", "image": "b"}, {"name": "sidecar", "image": "c"}]})"_json);
}

TEST_CASE("a list that is empty, or whose objects are not all named, replaces") {
  CHECK(aws::merge(R"({"l": [{"name": "a"}]})"_json, R"({"l": []})"_json) == R"({"l": []})"_json);
  CHECK(aws::merge(R"({"l": []})"_json, R"({"l": [{"name": "a"}]})"_json) == R"({"l": [{"name": "a"}]})"_json);
  CHECK(aws::merge(R"({"l": [{"name": "a"}, {}]})"_json, R"({"l": [{"name": "b"}]})"_json) ==
        R"({"l": [{"name": "b"}]})"_json);
  CHECK(aws::merge(R"({"l": [{"name": 1}]})"_json, R"({"l": [{"name": 1, "x": 2}]})"_json) ==
        R"({"l": [{"name": 1, "x": 2}]})"_json);
}

TEST_CASE("values that ECS wants as strings become strings, and numbers stay numbers") {
  const auto document = R"({
    "cpu": 1024, "memory": 2048, "tags": [{"key": "cost", "value": 7}],
    "containerDefinitions": [{
      "name": "web", "cpu": 256, "memory": 512, "essential": true, "user": 33, "command": ["sleep", 10],
      "environment": [{"name": "PORT", "value": 8080}, {"name": "DEBUG", "value": false}, {"name": "R", "value": 0.5}],
      "dockerLabels": {"on": true}, "portMappings": [{"containerPort": 80}],
      "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-create-group": true}},
      "healthCheck": {"command": ["CMD", "probe", 1], "interval": 10},
      "resourceRequirements": [{"type": "GPU", "value": 1}], "systemControls": [{"namespace": "n", "value": 1}]}]})"_json;
  CHECK(aws::with_strings(document) == R"({
    "cpu": "1024", "memory": "2048", "tags": [{"key": "cost", "value": "7"}],
    "containerDefinitions": [{
      "name": "web", "cpu": 256, "memory": 512, "essential": true, "user": "33", "command": ["sleep", "10"],
      "environment": [{"name": "PORT", "value": "8080"}, {"name": "DEBUG", "value": "false"}, {"name": "R", "value": "0.5"}],
      "dockerLabels": {"on": "true"}, "portMappings": [{"containerPort": 80}],
      "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-create-group": "true"}},
      "healthCheck": {"command": ["CMD", "probe", "1"], "interval": 10},
      "resourceRequirements": [{"type": "GPU", "value": "1"}], "systemControls": [{"namespace": "n", "value": "1"}]}]})"_json);
}

TEST_CASE("documents of odd shapes pass through unharmed") {
  const auto text = GENERATE("{}", R"({"containerDefinitions": 1, "tags": {"a": 1}})",
                             R"({"containerDefinitions": [1, null, "x", [2]]})", R"({"cpu": null, "memory": []})");
  const auto document = json::parse(text);
  CHECK(aws::with_strings(document) == document);
  CHECK_NOTHROW(aws::canonical(document));
}

TEST_CASE("what was sent and what ECS gives back are one definition") {
  const auto sent = R"({
    "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1 vCPU", "memory": "2 GB",
    "tags": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}],
    "containerDefinitions": [{
      "name": "web", "image": "i", "portMappings": [{"containerPort": 443}, {"containerPort": 80}],
      "environment": [{"name": "Z", "value": "1"}, {"name": "A", "value": ""}],
      "secrets": [{"name": "Q", "valueFrom": "q"}, {"name": "P", "valueFrom": "p"}],
      "healthCheck": {"command": ["CMD", "x"]}, "mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]}],
    "volumes": [{"name": "v"}]})"_json;
  const auto described = R"({"taskDefinition": {
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7", "revision": 7, "status": "ACTIVE",
    "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "2048",
    "placementConstraints": [], "compatibilities": ["EC2", "FARGATE"], "enableFaultInjection": false,
    "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    "containerDefinitions": [{
      "name": "web", "image": "i", "cpu": 0, "essential": true, "volumesFrom": [], "systemControls": [], "dockerLabels": {},
      "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"},
                       {"containerPort": 443, "hostPort": 443, "protocol": "tcp"}],
      "environment": [{"name": "A", "value": ""}, {"name": "Z", "value": "1"}],
      "secrets": [{"name": "P", "valueFrom": "p"}, {"name": "Q", "valueFrom": "q"}],
      "healthCheck": {"command": ["CMD", "x"], "interval": 30, "timeout": 5, "retries": 3},
      "mountPoints": [{"sourceVolume": "v", "containerPath": "/v", "readOnly": false}]}],
    "volumes": [{"name": "v", "host": {}}]},
    "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}, {"key": "aws:created-by", "value": "x"}]})"_json;
  CHECK(aws::canonical(sent) == aws::canonical(described));
  CHECK(aws::canonical(aws::canonical(sent)) == aws::canonical(sent));
  CHECK(aws::diff(sent, described, "a", "b").empty());
}

TEST_CASE("every change that means something changes the canonical form") {
  const auto base = R"({"family": "web", "cpu": "256", "networkMode": "awsvpc", "containerDefinitions": [
    {"name": "web", "image": "i", "command": ["a", "b"], "environment": [{"name": "A", "value": "1"}]}]})"_json;
  const auto patch = GENERATE(
      R"({"cpu": "512"})", R"({"networkMode": "host"})", R"({"tags": [{"key": "a", "value": "b"}]})",
      R"({"brandNewMember": "x"})", R"({"containerDefinitions": [{"name": "web", "essential": false}]})",
      R"({"containerDefinitions": [{"name": "web", "cpu": 1}]})",
      R"({"containerDefinitions": [{"name": "web2", "image": "i"}]})",
      R"({"containerDefinitions": [{"name": "web", "image": "j"}]})",
      R"({"containerDefinitions": [{"name": "web", "command": ["b", "a"]}]})",
      R"({"containerDefinitions": [{"name": "web", "environment": [{"name": "A", "value": ""}]}]})",
      R"({"containerDefinitions": [{"name": "web", "environment": []}]})",
      R"({"containerDefinitions": [{"name": "web", "readonlyRootFilesystem": true}]})",
      R"({"containerDefinitions": [{"name": "web", "portMappings": [{"containerPort": 80, "protocol": "udp"}]}]})");
  CAPTURE(patch);
  CHECK(aws::canonical(aws::merge(base, json::parse(patch))) != aws::canonical(base));
}

TEST_CASE("without awsvpc a host port that is not said is any, and so is the platform") {
  const auto bridge = R"({"containerDefinitions": [{"name": "web", "portMappings": [{"containerPort": 80}]}]})"_json;
  auto described = bridge;
  described["containerDefinitions"][0]["portMappings"][0]["hostPort"] = 0;
  CHECK(aws::canonical(described) == aws::canonical(bridge));
  described["containerDefinitions"][0]["portMappings"][0]["hostPort"] = 80;
  CHECK(aws::canonical(described) != aws::canonical(bridge));
  described = bridge;
  described["runtimePlatform"]["cpuArchitecture"] = "X86_64";
  CHECK(aws::canonical(described) != aws::canonical(bridge));
}

TEST_CASE("a diff shows what changes with three lines around it") {
  const auto before = R"({"family": "web", "cpu": "256", "memory": "512", "containerDefinitions":
    [{"name": "web", "image": "host/web:1"}]})"_json;
  auto after = before;
  after["containerDefinitions"][0]["image"] = "host/web:2";
  after["memory"] = "1024";
  CHECK(aws::diff(before, after, "web:7 (active)", "web (this spec)") ==
        "--- web:7 (active)\n+++ web (this spec)\n@@ -1,11 +1,11 @@\n"
        " {\n   \"containerDefinitions\": [\n     {\n"
        "-      \"image\": \"host/web:1\",\n+      \"image\": \"host/web:2\",\n"
        "       \"name\": \"web\"\n     }\n   ],\n   \"cpu\": \"256\",\n   \"family\": \"web\",\n"
        "-  \"memory\": \"512\"\n+  \"memory\": \"1024\"\n }\n");
}

TEST_CASE("what ECS fills in or drops is no change") {
  const auto [place, sent, kept] = GENERATE(table<std::string, std::string, std::string>({
      {"/containerDefinitions/0", R"({"firelensConfiguration": {"type": "fluentbit"}})",
       R"({"firelensConfiguration": {"type": "fluentbit"}, "user": "0"})"},
      {"/containerDefinitions/0", R"({"restartPolicy": {"enabled": true}})",
       R"({"restartPolicy": {"enabled": true, "restartAttemptPeriod": 300}})"},
      {"/containerDefinitions/0", R"({"environment": [{"name": "B"}, {"name": "A", "value": "1"}]})",
       R"({"environment": [{"name": "A", "value": "1"}]})"},
      {"/containerDefinitions/0", R"({"environment": [{"name": "B", "value": null}]})", "{}"},
      {"/containerDefinitions/0", R"({"_comment": "x", "portMappings": [{"containerPort": 80, "//": "web"}]})",
       R"({"portMappings": [{"containerPort": 80}]})"},
      {"/volumes/0", R"({"dockerVolumeConfiguration": {"labels": {"_a": "b"}}})",
       R"({"dockerVolumeConfiguration": {"labels": {"_a": "b"}, "driver": "local", "scope": "task"}})"},
      {"", R"({"$schema": "https://example.com/x.json", "_comment": ["x"]})", "{}"},
      {"", "{}", R"({"networkMode": "bridge"})"},
  }));
  CAPTURE(sent, kept);
  const auto base = R"({"family": "web", "containerDefinitions": [{"name": "web"}], "volumes": [{"name": "v"}]})"_json;
  auto ours = base, theirs = base;
  ours[json::json_pointer(place)].merge_patch(json::parse(sent));
  theirs[json::json_pointer(place)].merge_patch(json::parse(kept));
  CHECK(aws::canonical(ours) == aws::canonical(theirs));
}

TEST_CASE("what only looks like a default of ECS is a change") {
  const auto [left, right] = GENERATE(table<std::string, std::string>({
      {R"({"user": "0"})", "{}"},  // no log router: the image's user
      {R"({"environment": [{"name": "A", "value": ""}]})", "{}"},
      {R"({"dockerLabels": {"_owner": "a"}})", "{}"},
      {R"({"logConfiguration": {"logDriver": "awsfirelens", "options": {"Name": "s3"}}})",
       R"({"logConfiguration": {"logDriver": "awsfirelens"}})"},
      {R"({"brandNewMember": 1})", "{}"},
  }));
  CAPTURE(left, right);
  const auto with = [](const std::string& container) {
    return json{{"family", "web"}, {"containerDefinitions", {json::parse(container)}}};
  };
  CHECK(aws::canonical(with(left)) != aws::canonical(with(right)));
}
