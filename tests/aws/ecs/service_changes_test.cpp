#include <lapstrake/aws/ecs/service_changes.hpp>
#include <lapstrake/base/error.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace lapstrake;
using nlohmann::json;

namespace {

// As DescribeServices answers, with the server's defaults.
json live_service() {
  return json::parse(R"({
    "serviceName": "web", "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/prod", "desiredCount": 5,
    "launchType": "FARGATE", "platformVersion": "LATEST", "healthCheckGracePeriodSeconds": 30,
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:3",
    "loadBalancers": [ { "targetGroupArn": "tg", "containerName": "web", "containerPort": 80 } ],
    "deploymentConfiguration": { "maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING",
                                 "deploymentCircuitBreaker": { "enable": true, "rollback": true } },
    "networkConfiguration": { "awsvpcConfiguration": { "subnets": [ "subnet-2", "subnet-1" ],
                              "securityGroups": [ "sg-1" ], "assignPublicIp": "DISABLED" } },
    "enableExecuteCommand": false, "enableECSManagedTags": false, "propagateTags": "NONE",
    "deployments": [ { "status": "PRIMARY",
                       "serviceConnectConfiguration": { "enabled": true, "namespace": "internal" } } ]
  })");
}

std::vector<std::string> changed(const json& wanted) {
  std::vector<std::string> names;
  for (const auto& change : aws::service_changes(live_service(), wanted).members) names.push_back(change.name);
  return names;
}

}  // namespace

TEST_CASE("a service that has all that the spec wants does not change") {
  const auto wanted =
      GENERATE(R"({"cluster": "prod", "desiredCount": 2})",  // 5 now: scaled since
               R"({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"]}}})",
               R"({"loadBalancers": [{"targetGroupArn": "tg", "containerName": "web", "containerPort": "80"}]})",
               R"({"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": true, "rollback": true}}})",
               R"({"serviceConnectConfiguration": {"enabled": true, "namespace": "internal"}})",
               R"({"serviceRegistries": null, "enableExecuteCommand": null, "propagateTags": null})",
               R"({"serviceRegistries": [], "volumeConfigurations": []})", R"({"_comment": "ours"})",
               R"({"taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:3"})");
  CAPTURE(wanted);
  CHECK(changed(json::parse(wanted)).empty());
}

TEST_CASE("each member that differs is in the one update") {
  const auto wanted = json::parse(R"({
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:4",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-3"]}},
    "loadBalancers": null, "serviceConnectConfiguration": null, "aMemberOfNextYear": {"enable": true}})");
  const auto changes = aws::service_changes(live_service(), wanted);
  const auto request = aws::update_request(live_service(), wanted, changes);
  CHECK(request == json::parse(R"({
    "cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/prod", "service": "web",
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:4",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-3"]}},
    "loadBalancers": [], "serviceConnectConfiguration": {"enabled": false}, "aMemberOfNextYear": {"enable": true}})"));
}

TEST_CASE("a change of a member that ECS sets at creation only is reported and not sent") {
  const auto changes = aws::service_changes(live_service(), {{"launchType", "EC2"}, {"schedulingStrategy", nullptr}});
  CHECK(changes.members.empty());
  CHECK(changes.fixed == std::vector<std::string>{"launchType"});
}

TEST_CASE("null for a member that ECS cannot remove is a mistake") {
  const auto error = failure_of([] {
    (void)aws::service_changes(live_service(), {{"networkConfiguration", nullptr}});
  });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "ECS cannot remove `networkConfiguration` from a service");
}

TEST_CASE("a new service for Fargate tasks starts on Fargate unless the spec says where") {
  const json wanted = {{"cluster", "prod"}, {"desiredCount", 2}, {"loadBalancers", nullptr}};
  CHECK(aws::create_request("web", wanted, true) ==
        json({{"cluster", "prod"}, {"desiredCount", 2}, {"serviceName", "web"}, {"launchType", "FARGATE"}}));
  CHECK_FALSE(aws::create_request("web", wanted, false).contains("launchType"));
  const json spot = {{"capacityProviderStrategy", {{{"capacityProvider", "FARGATE_SPOT"}}}}};
  CHECK_FALSE(aws::create_request("web", spot, true).contains("launchType"));
}
