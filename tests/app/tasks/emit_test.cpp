#include <lapstrake/app/tasks/emit.hpp>
#include <lapstrake/base/error.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace lapstrake;
using nlohmann::json;

namespace {

const std::string definition = R"({"family": "my-app", "cpu": "256", "containerDefinitions": [
  {"name": "web", "image": "host/web:v1@sha256:0", "dockerLabels": {"team.name": "a"},
   "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/web"}}},
  {"name": "api", "image": "host/api@sha256:1"}]})";

}  // namespace

TEST_CASE("the files of CodePipeline name each image by digest") {
  CHECK(
      json::parse(app::image_definitions(definition)) ==
      json::parse(
          R"([{"name": "web", "imageUri": "host/web:v1@sha256:0"}, {"name": "api", "imageUri": "host/api@sha256:1"}])"));
  CHECK(json::parse(app::image_detail(definition)) == json({{"ImageURI", "host/web:v1@sha256:0"}}));
}

TEST_CASE("CloudFormation's members have capital letters, names that the user chose do not") {
  const auto properties =
      json::parse(app::cloudformation(definition)).at("/Resources/TaskDefinitionmyapp/Properties"_json_pointer);
  CHECK(properties["Family"] == "my-app");
  const auto& container = properties["ContainerDefinitions"][0];
  CHECK(container["DockerLabels"] == json({{"team.name", "a"}}));
  CHECK(container["LogConfiguration"] == json({{"LogDriver", "awslogs"}, {"Options", {{"awslogs-group", "/web"}}}}));
}

TEST_CASE("an AppSpec has the load balancer and the network of the service") {
  const spec::Service service{
      .name = "web", .task = "web", .document = R"({"loadBalancers": [{"containerName": "web", "containerPort": 80}],
                      "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}})"};
  const auto properties = json::parse(app::app_spec(service)).at("/Resources/0/TargetService/Properties"_json_pointer);
  CHECK(properties["TaskDefinition"] == "<TASK_DEFINITION>");
  CHECK(properties["LoadBalancerInfo"] == json({{"ContainerName", "web"}, {"ContainerPort", 80}}));
  CHECK(properties["NetworkConfiguration"] == json({{"AwsvpcConfiguration", {{"Subnets", {"subnet-1"}}}}}));
  CHECK(failure_of([] { (void)app::app_spec({.name = "worker", .task = "worker", .document = "{}"}); }).kind() ==
        ErrorKind::usage);
}
