#include "ecs_world.hpp"

using namespace sandbox_test;

namespace {

Json hook(const std::string& stage, Json more = Json::object()) {
  more.update({{"targetType", "PAUSE"}, {"lifecycleStages", {stage}}});
  return more;
}

Json configuration(const std::string& strategy, Json hooks = Json::array()) {
  return {{"deploymentConfiguration",
           {{"strategy", strategy}, {"bakeTimeInMinutes", 1}, {"lifecycleHooks", std::move(hooks)}}}};
}

// The stages that a deployment goes through, read twice a step.
std::vector<std::string> stages(EcsWorld& ecs, const std::string& arn) {
  std::vector<std::string> seen;
  for (int i = 0; i < 60; ++i, ecs.now += 500ms) {
    const auto stage = ecs.deployment(arn).value("lifecycleStage", "");
    if (!stage.empty() && (seen.empty() || seen.back() != stage)) seen.push_back(stage);
  }
  return seen;
}

std::string waiting_hook_id(EcsWorld& ecs, const std::string& arn) {
  for (const auto& one : ecs.deployment(arn).value("lifecycleHookDetails", Json::array()))
    if (one["status"] == "AWAITING_ACTION") return one["hookId"];
  return {};
}

void answer(EcsWorld& ecs, const std::string& arn, const std::string& action) {
  ecs.call("ContinueServiceDeployment",
           {{"serviceDeploymentArn", arn}, {"hookId", waiting_hook_id(ecs, arn)}, {"action", action}});
}

}  // namespace

TEST_CASE("a blue/green deployment goes through the lifecycle stages") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto arn = ecs.update("", configuration("BLUE_GREEN"));
  CHECK(stages(ecs, arn) == std::vector<std::string>{"RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP",
                                                     "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
                                                     "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT",
                                                     "BAKE_TIME", "CLEAN_UP"});
  CHECK(ecs.status(arn) == "SUCCESSFUL");
}

TEST_CASE("linear and canary deployments shift the traffic in parts") {
  const auto [strategy, part, name, value, weights] =
      GENERATE(table<std::string, std::string, std::string, double, std::vector<double>>({
          {"LINEAR", "linearConfiguration", "stepPercent", 25, {0, 25, 50, 75, 100}},
          {"CANARY", "canaryConfiguration", "canaryPercent", 10, {0, 10, 100}},
      }));
  EcsWorld ecs;
  ecs.create_healthy();
  auto members = configuration(strategy);
  members["deploymentConfiguration"][part][name] = value;
  const auto arn = ecs.update("", members);
  std::vector<double> seen;
  for (int i = 0; i < 60; ++i, ecs.now += 500ms) {
    const double weight = ecs.deployment(arn)["targetServiceRevision"]["requestedProductionTrafficWeight"];
    if (seen.empty() || seen.back() != weight) seen.push_back(weight);
  }
  CHECK(seen == weights);
}

TEST_CASE("a PAUSE hook holds the deployment until it is answered") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto arn =
      ecs.update("", configuration("BLUE_GREEN", {hook("PRE_SCALE_UP"), hook("POST_PRODUCTION_TRAFFIC_SHIFT")}));
  ecs.now += 60s;
  CHECK(ecs.deployment(arn)["lifecycleStage"] == "PRE_SCALE_UP");
  answer(ecs, arn, "CONTINUE");
  ecs.now += 60s;
  CHECK(ecs.deployment(arn)["lifecycleStage"] == "POST_PRODUCTION_TRAFFIC_SHIFT");
  CHECK(ecs.service()["runningCount"] == 4);
  answer(ecs, arn, "CONTINUE");
  ecs.now += 60s;
  CHECK(ecs.status(arn) == "SUCCESSFUL");
  CHECK(ecs.service()["runningCount"] == 2);
}

TEST_CASE("a hook that is answered with ROLLBACK takes the deployment back") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto before = ecs.service()["taskDefinition"];
  const auto arn = ecs.update("", configuration("BLUE_GREEN", Json::array({hook("POST_SCALE_UP")})));
  ecs.now += 60s;
  answer(ecs, arn, "ROLLBACK");
  ecs.now += 5s;
  CHECK(ecs.status(arn) == "ROLLBACK_SUCCESSFUL");
  CHECK(ecs.service()["taskDefinition"] == before);
  CHECK(ecs.service()["runningCount"] == 2);
}

TEST_CASE("a hook that nobody answers takes its timeout action") {
  const auto [action, status] = GENERATE(table<std::string, std::string>({
      {"CONTINUE", "SUCCESSFUL"},
      {"ROLLBACK", "ROLLBACK_SUCCESSFUL"},
  }));
  EcsWorld ecs;
  ecs.create_healthy();
  const auto arn = ecs.update(
      "", configuration("BLUE_GREEN",
                        Json::array({hook("PRE_SCALE_UP", {{"timeoutConfiguration",
                                                            {{"timeoutInMinutes", 10}, {"action", action}}}})})));
  ecs.now += 9min;
  CHECK(ecs.status(arn) == "IN_PROGRESS");
  ecs.now += 2min;
  (void)ecs.service();
  ecs.now += 1min;
  CHECK(ecs.status(arn) == status);
  CHECK(ecs.deployment(arn)["lifecycleHookDetails"].at(0)["status"] == "TIMED_OUT");
}

TEST_CASE("a hook that does not wait cannot be answered") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto arn = ecs.update("", configuration("BLUE_GREEN", Json::array({hook("CLEAN_UP")})));
  CHECK(refusal_of([&] { answer(ecs, arn, "CONTINUE"); }) == "InvalidParameterException");
}

TEST_CASE("tasks that fail keep a blue/green deployment from the traffic") {
  EcsWorld ecs;
  ecs.create_healthy();
  const auto arn = ecs.update("crash-loop", configuration("BLUE_GREEN"));
  ecs.now += 60s;
  CHECK(ecs.status(arn) == "IN_PROGRESS");
  CHECK(ecs.deployment(arn)["lifecycleStage"] == "SCALE_UP");
  CHECK(ecs.tasks("STOPPED").size() > 3);
  CHECK(ecs.service()["runningCount"] == 2);
}
