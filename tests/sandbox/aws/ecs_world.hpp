// ECS of the sandbox without a server: operations are called directly, at a time that the test moves.
#pragma once
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

namespace sandbox_test {

using namespace lapstrake;
using namespace std::chrono_literals;
using Json = nlohmann::json;

struct EcsWorld {
  std::shared_ptr<sandbox::LogsState> logs = sandbox::new_logs();
  std::shared_ptr<sandbox::ScriptChoice> scripts = std::make_shared<sandbox::ScriptChoice>();
  sandbox::Operations operations = sandbox::ecs_operations({.logs = logs, .step = 1s, .scripts = scripts});
  sandbox::Time now = sandbox::Time(1'800'000'000s);
  Json members = {{"desiredCount", 2},
                  {"deploymentConfiguration", {{"deploymentCircuitBreaker", {{"enable", true}, {"rollback", true}}}}}};

  Json call(const std::string& operation, Json input) {
    return operations.at(operation)(input, {.account = "123456789012", .region = "us-east-1", .now = now});
  }

  std::string register_task(const std::string& rollout, Json labels = Json::object()) {
    if (!rollout.empty()) labels["lapstrake.sandbox/rollout"] = rollout;
    const Json container = {
        {"name", "app"},
        {"image", "web:v1"},
        {"memory", 64},
        {"dockerLabels", labels},
        {"logConfiguration",
         {{"logDriver", "awslogs"},
          {"options",
           {{"awslogs-group", "/web"}, {"awslogs-region", "us-east-1"}, {"awslogs-stream-prefix", "web"}}}}}};
    return call("RegisterTaskDefinition",
                {{"family", "web"}, {"containerDefinitions", {container}}})["taskDefinition"]["taskDefinitionArn"];
  }

  // The service deployment's ARN.
  std::string create(const std::string& rollout) {
    Json input = members;
    input.update({{"serviceName", "web"}, {"taskDefinition", register_task(rollout)}});
    return call("CreateService", input)["service"]["currentServiceDeployment"];
  }
  std::string update(const std::string& rollout, Json more = Json::object()) {
    more.update({{"service", "web"}, {"taskDefinition", register_task(rollout)}});
    return call("UpdateService", more)["service"]["currentServiceDeployment"];
  }
  void create_healthy() {
    create("healthy");
    now += 10s;
    REQUIRE(service()["runningCount"] == members["desiredCount"]);
  }

  Json service() { return call("DescribeServices", {{"services", {"web"}}})["services"].at(0); }
  Json deployment(const std::string& arn) {
    return call("DescribeServiceDeployments", {{"serviceDeploymentArns", {arn}}})["serviceDeployments"].at(0);
  }
  std::string status(const std::string& arn) { return deployment(arn)["status"]; }
  Json tasks(const std::string& desired_status = "RUNNING") {
    const Json arns = call("ListTasks", {{"serviceName", "web"}, {"desiredStatus", desired_status}})["taskArns"];
    return arns.empty() ? Json::array() : call("DescribeTasks", {{"tasks", arns}})["tasks"];
  }
  bool has_event(const std::string& part) {
    const Json all = service()["events"];
    for (const auto& event : all)
      if (event["message"].get<std::string>().find(part) != std::string::npos) return true;
    return false;
  }
};

// The code of the ApiFailure that `act` throws; empty: none.
template <class Act>
std::string refusal_of(Act&& act) {
  try {
    act();
    return {};
  } catch (const sandbox::ApiFailure& failure) {
    return failure.code;
  }
}

}  // namespace sandbox_test
