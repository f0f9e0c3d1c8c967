#include "task_rules.hpp"

#include <lapstrake/sandbox/aws/api.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake::sandbox;
using Json = nlohmann::json;

namespace {
Json fargate_task() {
  return Json::parse(R"({"family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
    "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/exec", "containerDefinitions": [
      {"name": "app", "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:v1", "portMappings": [{"containerPort": 80}],
       "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "healthCheck": {"command": ["CMD", "x"]}}]})");
}

// "CODE: MESSAGE" of the refusal once `patch` is laid over the task; empty when it is taken.
std::string refusal(const char* patch) {
  Json task = fargate_task();
  const Json changes = Json::parse(patch);
  for (const auto& [pointer, value] : changes.items()) {
    const Json::json_pointer at(pointer);
    if (value.is_null())
      task[at.parent_pointer()].erase(at.back());
    else
      task[at] = value;
  }
  try {
    check_task_definition(task);
    return "";
  } catch (const ApiFailure& failure) {
    return failure.code + ": " + failure.message;
  }
}
}  // namespace

TEST_CASE("values of a wrong kind are refused as AWS's reader does") {
  CHECK(refusal(R"({"/cpu": 256})") == "SerializationException: NUMBER_VALUE can not be converted to a String");
  CHECK(refusal(R"({"/containerDefinitions/0/cpu": "256"})") ==
        "SerializationException: STRING_VALUE can not be converted to an Integer");
  CHECK(refusal(R"({"/containerDefinitions/0/environment/0/value": true})") ==
        "SerializationException: TRUE_VALUE can not be converted to a String");
  CHECK(refusal(R"({"/containerDefinitions/0/essential": "yes"})") ==
        "SerializationException: STRING_VALUE can not be converted to a Boolean");
  CHECK(refusal(R"({"/containerDefinitions/0/command": "run"})") == "SerializationException: Expected list or null");
  CHECK(refusal(R"({"/containerDefinitions/0/dockerLabels": {"a": 1}})") ==
        "SerializationException: NUMBER_VALUE can not be converted to a String");
  CHECK(refusal(R"({"/family": {}})") == "SerializationException: Start of structure or map found where not expected");
}

TEST_CASE("members that the sandbox does not know pass, as AWS adds some monthly") {
  CHECK(refusal(R"({"/brandNew": {"a": [1]}, "/containerDefinitions/0/brandNew": 1})") == "");
}

TEST_CASE("Fargate takes its own sizes only") {
  struct Case {
    std::string cpu, memory;
    bool taken;
  };
  const auto c = GENERATE(Case{"256", "512", true}, Case{"256", "1536", false}, Case{"256", "2048", true},
                          Case{"512", "512", false}, Case{"1024", "8192", true}, Case{"1024", "9216", false},
                          Case{"4096", "30720", true}, Case{"8192", "17408", false}, Case{"8192", "20480", true},
                          Case{"16384", "122880", true}, Case{"300", "512", false}, Case{"1 vCPU", "2 GB", true},
                          Case{".25 vcpu", "0.5GB", true});
  CAPTURE(c.cpu, c.memory);
  const Json patch = {{"/cpu", c.cpu}, {"/memory", c.memory}};
  CHECK(refusal(patch.dump().c_str()) ==
        (c.taken ? "" : "ClientException: No Fargate configuration exists for given values."));
}

TEST_CASE("what ECS refuses, in its words") {
  struct Case {
    const char *patch, *message;
  };
  const auto c = GENERATE(
      Case{R"({"/family": "b/10 x"})", "Family contains invalid characters."},
      Case{R"({"/containerDefinitions": []})", "Container list cannot be empty."},
      Case{R"({"/containerDefinitions/0/name": "a b"})", "Container.name contains invalid characters."},
      Case{R"({"/containerDefinitions/0/image": ""})", "Container.image should not be null or empty."},
      Case{R"({"/containerDefinitions/0/image": "${images.app}"})", "Container.image contains invalid characters."},
      Case{R"({"/containerDefinitions/0/essential": false})", "at least one essential container"},
      Case{R"({"/containerDefinitions/1": {"name": "app", "image": "x"}})", "must be unique: 'app'"},
      Case{R"({"/containerDefinitions/0/dependsOn": [{"containerName": "db", "condition": "START"}]})",
           "Cannot depend on container + 'db' because it does not exist"},
      Case{R"({"/containerDefinitions/1": {"name": "init", "image": "x"},
               "/containerDefinitions/0/dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]})",
           "with SUCCESS or COMPLETE condition cannot be an essential container"},
      Case{R"({"/containerDefinitions/0/mountPoints": [{"sourceVolume": "data"}]})", "Unknown volume 'data'."},
      Case{R"({"/containerDefinitions/0/portMappings/0/hostPort": 8080})",
           "the host ports and container ports in port mappings must match"},
      Case{R"({"/containerDefinitions/0/memory": 1024})", "is greater than the memory of the task"},
      Case{R"({"/networkMode": "bridge"})", "Fargate only supports network mode"},
      Case{R"({"/cpu": null})", "Fargate requires that 'cpu' be defined at the task level."},
      Case{R"({"/cpu": "much"})", "Invalid 'cpu' setting for task."},
      Case{R"({"/taskRoleArn": "arn:aws:iam::123456789012:user/x"})", "Role is not valid"},
      Case{R"({"/executionRoleArn": null})", "execution role ARN to support ECR images."},
      Case{R"({"/containerDefinitions/0/privileged": true})", "do not support privileged"},
      Case{R"({"/executionRoleArn": null, "/containerDefinitions/0/secrets": [{"name": "S", "valueFrom": "p"}]})",
           "you must also specify a value for 'executionRoleArn'"},
      Case{R"({"/requiresCompatibilities": ["EC2"], "/memory": null})",
           "At least one of 'memory' or 'memoryReservation'"});
  CAPTURE(c.patch);
  const std::string got = refusal(c.patch);
  CHECK(got.starts_with("ClientException: "));
  CHECK_THAT(got, Contains(c.message));
}

TEST_CASE("a document past 64 KiB is refused") {
  Json task = fargate_task();
  task["containerDefinitions"][0]["environment"][0]["value"] = std::string(66'000, 'x');
  CHECK_THROWS_AS(check_task_definition(task), ApiFailure);
}

TEST_CASE("a registered definition shows what ECS fills in") {
  Json task = fargate_task();
  task["cpu"] = ".25 vCPU";
  check_task_definition(task);
  CHECK(compatibilities(task) == Json({"EC2", "FARGATE"}));
  CHECK(required_attributes(task).dump().find("ecs.capability.execution-role-ecr-pull") != std::string::npos);
  fill_defaults(task);
  const Json& container = task["containerDefinitions"][0];
  CHECK(task["cpu"] == "256");
  CHECK(task["volumes"] == Json::array());
  CHECK(task["placementConstraints"] == Json::array());
  CHECK(container["cpu"] == 0);
  CHECK(container["essential"] == true);
  for (const char* name : {"mountPoints", "volumesFrom", "systemControls"}) CHECK(container[name] == Json::array());
  CHECK(container["portMappings"][0] == Json({{"containerPort", 80}, {"hostPort", 80}, {"protocol", "tcp"}}));
  CHECK(container["healthCheck"]["interval"] == 30);
  CHECK(container["environment"][0]["name"] == "B");  // order is not kept
}

TEST_CASE("in bridge mode a host port is chosen at run time, and Fargate is out of reach") {
  Json task = fargate_task();
  task["networkMode"] = "bridge";
  task["requiresCompatibilities"] = {"EC2"};
  check_task_definition(task);
  CHECK(compatibilities(task) == Json({"EXTERNAL", "EC2"}));
  fill_defaults(task);
  CHECK(task["containerDefinitions"][0]["portMappings"][0]["hostPort"] == 0);
}
