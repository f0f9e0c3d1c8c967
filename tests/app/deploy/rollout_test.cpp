#include "rollout.hpp"

#include "support/catch.hpp"

using namespace lapstrake::app;
using nlohmann::json;

namespace {

const RolloutTarget target{.deployment_arn = "arn:ours", .deployment_id = "ecs-svc/2", .task_definition = "web:2"};

// A service whose PRIMARY deployment is `primary`, after or beside ours.
json service(const std::string& primary, const std::string& task_definition, const std::string& current = "arn:ours") {
  return {{"currentServiceDeployment", current},
          {"deployments",
           {{{"id", primary}, {"status", "PRIMARY"}, {"taskDefinition", task_definition}},
            {{"id", "ecs-svc/1"}, {"status", "ACTIVE"}, {"taskDefinition", "web:1"}}}}};
}

Verdict by_status(const std::string& status, const json& live) {
  return verdict(target, {.service = live, .deployment = json{{"status", status}, {"statusReason", "as ECS says"}}});
}

}  // namespace

TEST_CASE("the status of our own service deployment decides") {
  const auto ours = service("ecs-svc/2", "web:2");
  const auto [status, state] = GENERATE(table<std::string, RolloutState>({
      {"PENDING", RolloutState::in_progress},
      {"IN_PROGRESS", RolloutState::in_progress},
      {"SUCCESSFUL", RolloutState::done},
      {"ROLLBACK_REQUESTED", RolloutState::rolling_back},
      {"ROLLBACK_IN_PROGRESS", RolloutState::rolling_back},
      {"STOP_REQUESTED", RolloutState::rolling_back},
      {"ROLLBACK_SUCCESSFUL", RolloutState::rolled_back},
      {"ROLLBACK_FAILED", RolloutState::failed},
      {"STOPPED", RolloutState::failed},
      {"A_STATUS_OF_NEXT_YEAR", RolloutState::in_progress},
  }));
  CAPTURE(status);
  CHECK(by_status(status, ours).state == state);
  CHECK(by_status(status, ours).reason == "as ECS says");
}

TEST_CASE("a deployment that was stopped because a newer one began is superseded") {
  CHECK(by_status("STOPPED", service("ecs-svc/3", "web:3", "arn:newer")).state == RolloutState::superseded);
  CHECK(by_status("SUCCESSFUL", service("ecs-svc/3", "web:3")).state == RolloutState::superseded);
}

TEST_CASE("success is not claimed for a primary deployment of another revision") {
  const auto rolled_back = service("ecs-svc/3", "web:1");
  CHECK(by_status("SUCCESSFUL", rolled_back).state != RolloutState::done);
  CHECK(by_status("ROLLBACK_SUCCESSFUL", rolled_back).state == RolloutState::rolled_back);
}

TEST_CASE("a hook that awaits an action is reported with its deadline") {
  const json deployment = {{"status", "IN_PROGRESS"},
                           {"lifecycleStage", "POST_TEST_TRAFFIC_SHIFT"},
                           {"lifecycleHookDetails",
                            {{{"hookId", "h0"}, {"status", "SUCCEEDED"}},
                             {{"hookId", "h1"},
                              {"status", "AWAITING_ACTION"},
                              {"expiresAt", 1779098400.0},
                              {"timeoutAction", "ROLLBACK"}}}}};
  const auto seen = verdict(target, {.service = service("ecs-svc/2", "web:2"), .deployment = deployment});
  CHECK(seen.state == RolloutState::waiting);
  REQUIRE(seen.hooks.size() == 1);
  CHECK(seen.hooks[0] ==
        WaitingHook{
            .id = "h1", .stage = "POST_TEST_TRAFFIC_SHIFT", .expires = "2026-05-18T10:00:00Z", .then = "ROLLBACK"});
}

TEST_CASE("without service deployments the service's own list decides") {
  const auto seen = [](const json& deployments) {
    return verdict(target, {.service = {{"deployments", deployments}}, .deployment = {}}).state;
  };
  const auto one = [](const char* id, const char* status, const char* state, const char* reason = "") {
    return json{{"id", id},
                {"status", status},
                {"taskDefinition", "web:2"},
                {"rolloutState", state},
                {"rolloutStateReason", reason}};
  };
  CHECK(seen(json::array({one("ecs-svc/2", "PRIMARY", "IN_PROGRESS")})) == RolloutState::in_progress);
  CHECK(seen(json::array({one("ecs-svc/2", "PRIMARY", "COMPLETED")})) == RolloutState::done);
  CHECK(seen(json::array({one("ecs-svc/2", "PRIMARY", "FAILED")})) == RolloutState::failed);
  CHECK(seen(json::array({one("ecs-svc/1", "PRIMARY", "COMPLETED"), one("ecs-svc/2", "ACTIVE", "FAILED")})) ==
        RolloutState::rolled_back);
  CHECK(seen(json::array({one("ecs-svc/3", "PRIMARY", "IN_PROGRESS",
                              "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.")})) ==
        RolloutState::rolled_back);
  CHECK(seen(json::array({one("ecs-svc/3", "PRIMARY", "IN_PROGRESS", "ECS deployment ecs-svc/3 in progress.")})) ==
        RolloutState::superseded);
}

TEST_CASE("a stage is reached at itself and at every later one") {
  const auto at = [](const char* stage) { return json{{"lifecycleStage", stage}}; };
  CHECK_FALSE(has_reached("BAKE_TIME", at("SCALE_UP")));
  CHECK(has_reached("BAKE_TIME", at("BAKE_TIME")));
  CHECK(has_reached("BAKE_TIME", at("CLEAN_UP")));
  CHECK_FALSE(has_reached("BAKE_TIME", json::object()));
}

TEST_CASE("progress shows tasks, the circuit breaker and the stage") {
  auto live = service("ecs-svc/2", "web:2");
  live["deployments"][0].update({{"desiredCount", 2}, {"runningCount", 1}, {"pendingCount", 1}, {"failedTasks", 2}});
  const json deployment = {
      {"lifecycleStage", "SCALE_UP"},
      {"deploymentCircuitBreaker", {{"status", "MONITORING"}, {"failureCount", 2}, {"threshold", 3}}}};
  CHECK(text_of(progress(target, {.service = live, .deployment = deployment})) ==
        "1 of 2 tasks running, 1 pending, 2 failed; circuit breaker: 2 of 3 failures; stage SCALE_UP");
}
