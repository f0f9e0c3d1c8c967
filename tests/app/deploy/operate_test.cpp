#include "app/deploy/deploy_journey.hpp"

using namespace lapstrake;
using app::Outcome;

namespace {

// The project with `approval` in place of the circuit breaker.
spec::Project with_approval(DeployJourney& journey) {
  auto project = journey.project();
  auto document = nlohmann::json::parse(project.services[0].document);
  document["deploymentConfiguration"] = {
      {"strategy", "BLUE_GREEN"},
      {"bakeTimeInMinutes", 1},
      {"lifecycleHooks", {{{"targetType", "PAUSE"}, {"lifecycleStages", {"POST_TEST_TRAFFIC_SHIFT"}}}}}};
  project.services[0].document = document.dump();
  return project;
}

app::RolloutResult deployed(DeployJourney& journey, const spec::Project& project) {
  return app::deploy(journey.context(), project, {}, {}, journey.on_event()).services.at(0).result;
}

}  // namespace

TEST_CASE("a deployment that waits for an approval ends with 9, and `approve` continues it") {
  DeployJourney journey;
  const auto project = with_approval(journey);
  const auto waiting = deployed(journey, project);
  CHECK(waiting.outcome == Outcome::waiting);
  CHECK(app::exit_code(waiting.outcome) == 9);
  REQUIRE(waiting.hooks.size() == 1);
  CHECK(waiting.hooks[0].stage == "POST_TEST_TRAFFIC_SHIFT");
  CHECK_THAT(waiting.cure, Contains("lapstrake approve web"));
  const auto answered = app::approve(journey.context(), project, "web", false, {}, journey.on_event());
  CHECK(answered.hooks.size() == 1);
  CHECK(answered.result.outcome == Outcome::done);
}

TEST_CASE("`approve --rollback` takes the service back, which is what the user wants") {
  DeployJourney journey;
  journey.deploy();
  journey.journey.dir.write("public/index.html", "changed\n");
  const auto project = with_approval(journey);
  REQUIRE(deployed(journey, project).outcome == Outcome::waiting);
  const auto answered = app::approve(journey.context(), project, "web", true, {}, journey.on_event());
  CHECK(answered.result.outcome == Outcome::done);
  const auto status = app::status(journey.context(), project, {}, nullptr).at(0);
  CHECK_THAT(status.task_definition, Catch::Matchers::EndsWith("shop:1"));
}

TEST_CASE("`approve` with nothing to answer is a mistake") {
  DeployJourney journey;
  journey.deploy();
  const auto error = failure_of([&] { app::approve(journey.context(), journey.project(), "web", false, {}, nullptr); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("waits for an approval"));
}

TEST_CASE("`rollback` deploys the last revision that differs, or the one that is named") {
  DeployJourney journey;
  journey.deploy();
  journey.journey.dir.write("public/index.html", "changed\n");
  journey.deploy();
  const auto back = app::roll_back(journey.context(), journey.project(), "web", {}, {}, journey.on_event());
  CHECK(back.result.outcome == Outcome::done);
  CHECK_THAT(back.task_definition, Catch::Matchers::EndsWith("shop:1"));
  const auto forth = app::roll_back(journey.context(), journey.project(), "web", "2", {}, journey.on_event());
  CHECK_THAT(forth.task_definition, Catch::Matchers::EndsWith("shop:2"));
}

TEST_CASE("`rollback` of a deployment in progress stops it") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "never-stable";
  app::DeploySettings settings;
  settings.waits = false;
  journey.deploy(settings);
  const auto back = app::roll_back(journey.context(), journey.project(), "web", {}, {}, journey.on_event());
  CHECK(back.result.outcome == Outcome::done);
  CHECK(journey.count("StopServiceDeployment") == 1);
}

TEST_CASE("`status` compares each running container with the spec by digest") {
  DeployJourney journey;
  journey.deploy();
  auto status = app::status(journey.context(), journey.project(), {}, nullptr).at(0);
  CHECK(status.running == 2);
  REQUIRE(status.containers.size() == 2);
  CHECK(status.containers[0].is_current == true);
  journey.journey.dir.write("public/index.html", "changed\n");
  status = app::status(journey.context(), journey.project(), {}, nullptr).at(0);
  REQUIRE(status.containers.size() == 2);
  CHECK(status.containers[0].is_current == false);
}

TEST_CASE("`run` returns the exit code and shows the log") {
  DeployJourney journey;
  journey.exit_code = "4";
  journey.deploy();
  std::vector<std::string> lines;
  app::RunSettings settings;
  settings.command = {"./report", "--daily"};
  const auto result = app::run(journey.context(), journey.project(), "shop", settings,
                               [&](const std::string& line) { lines.push_back(line); });
  CHECK(result.exit_code == 4);
  CHECK(result.container == "web");
}

TEST_CASE("a command for a container that the task lacks is a mistake") {
  DeployJourney journey;
  journey.deploy();
  app::RunSettings settings;
  settings.container = "worker";
  const auto error = failure_of([&] { app::run(journey.context(), journey.project(), "shop", settings, nullptr); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("has no container `worker`"));
}
