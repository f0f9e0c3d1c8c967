#include "ecs_world.hpp"

using namespace sandbox_test;

namespace {

Json messages(EcsWorld& ecs, const std::string& task_arn) {
  auto logs = sandbox::logs_operations(ecs.logs);
  const Json input = {{"logGroupName", "/web"},
                      {"logStreamName", "web/app" + task_arn.substr(task_arn.rfind('/'))},
                      {"startFromHead", true}};
  const Json events =
      logs.at("GetLogEvents")(input, {.account = "123456789012", .region = "us-east-1", .now = ecs.now})["events"];
  Json texts = Json::array();
  for (const auto& event : events) texts.push_back(event["message"]);
  return texts;
}

}  // namespace

TEST_CASE("a one-off task runs, writes its log, and ends with the exit code of its label") {
  EcsWorld ecs;
  const auto definition =
      ecs.register_task("", {{"lapstrake.sandbox/exit-code", "3"}, {"lapstrake.sandbox/log", "one\ntwo"}});
  const std::string arn = ecs.call("RunTask", {{"taskDefinition", definition}})["tasks"][0]["taskArn"];
  const auto task = [&] { return ecs.call("DescribeTasks", {{"tasks", {arn}}})["tasks"][0]; };
  CHECK(task()["lastStatus"] == "PROVISIONING");
  ecs.now += 1s;
  CHECK(task()["lastStatus"] == "RUNNING");
  ecs.now += 1s;
  CHECK(task()["lastStatus"] == "STOPPED");
  CHECK(task()["containers"][0]["exitCode"] == 3);
  CHECK(messages(ecs, arn) == Json{"one", "two"});
}

TEST_CASE("a task that crashes writes a traceback") {
  EcsWorld ecs;
  ecs.create_healthy();
  ecs.update("crash-loop");
  ecs.now += 3s;
  const std::string arn = ecs.tasks("STOPPED").at(0)["taskArn"];
  CHECK_THAT(messages(ecs, arn).back().get<std::string>(), Contains("ModuleNotFoundError"));
}

TEST_CASE("a task of a service that is stopped gets replaced") {
  EcsWorld ecs;
  ecs.create_healthy();
  const std::string arn = ecs.tasks().at(0)["taskArn"];
  ecs.call("StopTask", {{"task", arn}, {"reason", "by hand"}});
  CHECK(ecs.service()["runningCount"] == 1);
  ecs.now += 2s;
  CHECK(ecs.service()["runningCount"] == 2);
  CHECK(ecs.tasks("STOPPED").at(0)["stoppedReason"] == "by hand");
}

TEST_CASE("a changed desired count starts and stops tasks without a deployment") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto before = ecs.service()["currentServiceDeployment"];
  ecs.call("UpdateService", {{"service", "web"}, {"desiredCount", 5}});
  ecs.now += 2s;
  CHECK(ecs.service()["runningCount"] == 5);
  ecs.call("UpdateService", {{"service", "web"}, {"desiredCount", 1}});
  CHECK(ecs.service()["runningCount"] == 1);
  CHECK(ecs.service()["currentServiceDeployment"] == before);
}

TEST_CASE("an update that changes nothing starts no deployment, unless it is forced") {
  EcsWorld ecs;
  ecs.create_healthy();
  const Json same = {{"service", "web"}, {"taskDefinition", "web"}};
  const auto before = ecs.service()["currentServiceDeployment"];
  CHECK(ecs.call("UpdateService", same)["service"]["currentServiceDeployment"] == before);
  Json forced = same;
  forced["forceNewDeployment"] = true;
  CHECK(ecs.call("UpdateService", forced)["service"]["currentServiceDeployment"] != before);
}

TEST_CASE("impossible calls get the errors of ECS") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto [operation, input, code] = GENERATE(table<std::string, Json, std::string>({
      {"UpdateService", {{"service", "web"}, {"cluster", "none"}}, "ClusterNotFoundException"},
      {"UpdateService", {{"service", "none"}}, "ServiceNotFoundException"},
      {"UpdateService", {{"service", "web"}, {"taskDefinition", "web:99"}}, "ClientException"},
      {"UpdateService", {{"service", "web"}, {"desiredCount", 5001}}, "InvalidParameterException"},
      {"UpdateService", {{"service", "web"}, {"desiredCount", "2"}}, "SerializationException"},
      {"CreateService", {{"serviceName", "a b"}, {"taskDefinition", "web"}}, "InvalidParameterException"},
      {"CreateService", {{"serviceName", "web"}, {"taskDefinition", "web"}}, "InvalidParameterException"},
      {"DeleteService", {{"service", "web"}}, "InvalidParameterException"},
      {"RunTask", {{"taskDefinition", "web"}, {"count", 11}}, "InvalidParameterException"},
      {"StopTask", {{"task", "0123"}}, "InvalidParameterException"},
      {"DescribeServices", {{"services", Json::array()}}, "InvalidParameterException"},
      {"StopServiceDeployment", {{"serviceDeploymentArn", "arn"}}, "ServiceDeploymentNotFoundException"},
  }));
  CAPTURE(operation, input.dump());
  CHECK(refusal_of([&, name = operation, given = input] { ecs.call(name, given); }) == code);
}
