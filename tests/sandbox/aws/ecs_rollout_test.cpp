#include "ecs_world.hpp"

using namespace sandbox_test;

TEST_CASE("a healthy rollout starts its tasks, and completes when they run") {
  EcsWorld ecs;
  const auto arn = ecs.create("");
  CHECK(ecs.status(arn) == "PENDING");
  ecs.now += 1s;
  CHECK(ecs.tasks().at(0)["lastStatus"] == "PROVISIONING");
  ecs.now += 300ms;
  CHECK(ecs.tasks().at(0)["lastStatus"] == "PENDING");
  ecs.now += 300ms;
  CHECK(ecs.tasks().at(0)["lastStatus"] == "RUNNING");
  CHECK(ecs.status(arn) == "IN_PROGRESS");
  ecs.now += 1s;
  CHECK(ecs.status(arn) == "SUCCESSFUL");
  CHECK(ecs.service()["deployments"].at(0)["rolloutState"] == "COMPLETED");
  CHECK(ecs.has_event("has reached a steady state."));
}

TEST_CASE("the old tasks run until the new ones do") {
  EcsWorld ecs;
  ecs.create_healthy();
  const Json old = ecs.tasks();
  const auto arn = ecs.update("");
  ecs.now += 1900ms;
  CHECK(ecs.service()["runningCount"] == 4);
  CHECK(ecs.service()["deployments"].size() == 2);
  ecs.now += 1s;
  CHECK(ecs.status(arn) == "SUCCESSFUL");
  CHECK(ecs.service()["deployments"].size() == 1);
  CHECK(ecs.tasks("STOPPED").size() == 2);
  CHECK(ecs.tasks("STOPPED").at(0)["taskArn"] == old.at(0)["taskArn"]);
  CHECK(ecs.tasks("STOPPED").at(0)["stopCode"] == "ServiceSchedulerInitiated");
}

TEST_CASE("the circuit breaker rolls back after its threshold of failed tasks") {
  const auto [threshold, desired, failures] = GENERATE(table<Json, int, int>({
      {Json(), 2, 3},
      {Json(), 10, 5},
      {Json{{"type", "COUNT"}, {"value", 1}}, 2, 1},
      {Json{{"type", "BOUNDED_PERCENT"}, {"value", 100}}, 4, 4},
      {Json{{"type", "UNBOUNDED_PERCENT"}, {"value", 50}}, 2, 1},
  }));
  EcsWorld ecs;
  ecs.members["desiredCount"] = desired;
  if (threshold.is_object())
    ecs.members["deploymentConfiguration"]["deploymentCircuitBreaker"]["thresholdConfiguration"] = threshold;
  ecs.create_healthy();
  const auto before = ecs.service()["taskDefinition"];
  const auto arn = ecs.update("crash-loop");
  ecs.now += std::chrono::seconds(failures) + 900ms;
  CHECK(ecs.status(arn) == "IN_PROGRESS");
  CHECK(ecs.service()["deployments"].at(0)["failedTasks"] == failures - 1);
  ecs.now += 1s;
  CHECK(ecs.status(arn) == "ROLLBACK_IN_PROGRESS");
  ecs.now += 1s;
  CHECK(ecs.status(arn) == "ROLLBACK_SUCCESSFUL");
  CHECK(ecs.deployment(arn)["deploymentCircuitBreaker"]["status"] == "TRIGGERED");
  CHECK(ecs.deployment(arn)["rollback"]["serviceRevisionArn"] == ecs.service()["currentServiceRevisions"].at(0)["arn"]);
  CHECK(ecs.tasks("STOPPED").size() == static_cast<std::size_t>(failures));
  CHECK(ecs.service()["taskDefinition"] == before);
  CHECK(ecs.service()["runningCount"] == desired);
}

TEST_CASE("after a rollback the old revision is PRIMARY in a deployment of its own") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto before = ecs.service()["deployments"].at(0);
  const auto arn = ecs.update("crash-loop");
  ecs.now += 20s;
  const auto service = ecs.service();
  REQUIRE(service["deployments"].size() == 1);
  const auto& primary = service["deployments"].at(0);
  CHECK(primary["status"] == "PRIMARY");
  CHECK(primary["id"] != before["id"]);
  CHECK(primary["taskDefinition"] == before["taskDefinition"]);
  CHECK(primary["rolloutStateReason"].get<std::string>().find("rolling back to deploymentId") != std::string::npos);
  CHECK(service["currentServiceDeployment"] == arn);
}

TEST_CASE("without rollback the circuit breaker leaves the deployment FAILED, and the old tasks run") {
  EcsWorld ecs;
  ecs.members["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] = false;
  ecs.create_healthy();
  const auto arn = ecs.update("crash-loop");
  ecs.now += 20s;
  CHECK(ecs.status(arn) == "STOPPED");
  CHECK(ecs.service()["deployments"].at(0)["rolloutState"] == "FAILED");
  CHECK(ecs.service()["runningCount"] == 2);
}

TEST_CASE("the first deployment of a service has nothing to roll back to") {
  EcsWorld ecs;
  const auto arn = ecs.create("crash-loop");
  ecs.now += 20s;
  CHECK(ecs.status(arn) == "ROLLBACK_FAILED");
  CHECK(ecs.service()["runningCount"] == 0);
}

TEST_CASE("without a circuit breaker a crash loop goes on") {
  EcsWorld ecs;
  ecs.members.erase("deploymentConfiguration");
  ecs.create_healthy();
  const auto arn = ecs.update("crash-loop");
  ecs.now += 60s;
  CHECK(ecs.status(arn) == "IN_PROGRESS");
  CHECK(ecs.service()["deployments"].at(0)["failedTasks"] == 59);
  ecs.now += 3h;
  (void)ecs.service();
  ecs.now += 48h;  // ECS forgets stopped tasks, and the sandbox does not slow down
  CHECK(ecs.tasks("STOPPED").size() <= 100);
}

TEST_CASE("failed tasks say why") {
  const auto [script, code, reason, exit_code] = GENERATE(table<std::string, std::string, std::string, Json>({
      {"crash-loop", "EssentialContainerExited", "", 1},
      {"cannot-pull", "TaskFailedToStart", "CannotPullContainerError", Json()},
      {"out-of-memory", "EssentialContainerExited", "OutOfMemoryError", 137},
      {"exec-format", "EssentialContainerExited", "", 1},
  }));
  CAPTURE(script);
  EcsWorld ecs;
  ecs.create_healthy();
  ecs.update(script);
  ecs.now += 2900ms;
  const Json task = ecs.tasks("STOPPED").at(0);
  CHECK(task["stopCode"] == code);
  CHECK(task["containers"][0].value("exitCode", Json()) == exit_code);
  CHECK(task["containers"][0].value("reason", "").find(reason) != std::string::npos);
  CHECK(task["containers"][0].contains("imageDigest") == !exit_code.is_null());
}

TEST_CASE("a newer update stops the deployment in progress") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto old = ecs.update("never-stable");
  ecs.now += 5s;
  CHECK(ecs.service()["deployments"].at(0)["pendingCount"] == 2);
  const auto newer = ecs.update("");
  CHECK(ecs.status(old) == "STOPPED");
  CHECK(ecs.deployment(old)["statusReason"] == "Replaced by a new service deployment.");
  ecs.now += 5s;
  CHECK(ecs.status(newer) == "SUCCESSFUL");
  CHECK(ecs.service()["runningCount"] == 2);
}

TEST_CASE("an alarm rolls back, unless the alarms of the service do not") {
  const bool rolls_back = GENERATE(true, false);
  EcsWorld ecs;
  ecs.members["deploymentConfiguration"]["alarms"] = {
      {"alarmNames", {"5xx"}}, {"enable", true}, {"rollback", rolls_back}};
  ecs.create_healthy();
  const auto arn = ecs.update("alarm");
  ecs.now += 10s;
  CHECK(ecs.status(arn) == (rolls_back ? "ROLLBACK_SUCCESSFUL" : "STOPPED"));
  CHECK(ecs.deployment(arn)["alarms"]["triggeredAlarmNames"] == Json{"5xx"});
}

TEST_CASE("StopServiceDeployment rolls back") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto arn = ecs.update("slow");
  ecs.now += 5s;
  ecs.call("StopServiceDeployment", {{"serviceDeploymentArn", arn}, {"stopType", "ROLLBACK"}});
  CHECK(ecs.status(arn) == "ROLLBACK_REQUESTED");
  ecs.now += 3s;
  CHECK(ecs.status(arn) == "ROLLBACK_SUCCESSFUL");
  CHECK(ecs.service()["runningCount"] == 2);
}

TEST_CASE("a script that a test sets replaces the label") {
  EcsWorld ecs;
  ecs.create_healthy();
  ecs.scripts->set("web", "crash-loop");
  const auto arn = ecs.update("healthy");
  ecs.now += 10s;
  CHECK(ecs.status(arn) == "ROLLBACK_SUCCESSFUL");
  CHECK(refusal_of([&] { ecs.scripts->set("web", "crashloop"); }) == "ClientException");
}

TEST_CASE("an unknown script is an error that names the scripts") {
  EcsWorld ecs;
  try {
    ecs.create("helthy");
    FAIL();
  } catch (const sandbox::ApiFailure& failure) {
    CHECK_THAT(failure.message, Contains("helthy") && Contains("never-stable"));
  }
}
