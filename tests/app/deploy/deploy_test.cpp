#include "app/deploy/deploy_journey.hpp"

using namespace lapstrake;
using app::Outcome;

TEST_CASE("the first deployment creates the service, the second changes nothing") {
  DeployJourney journey;
  const auto first = journey.deploy();
  CHECK(first.is_created);
  CHECK(first.result.outcome == Outcome::done);
  const auto second = journey.deploy();
  CHECK(second.result.outcome == Outcome::unchanged);
  CHECK(second.changes.empty());
  CHECK(journey.count("CreateService") == 1);
  CHECK(journey.count("UpdateService") == 0);
}

TEST_CASE("a change is one UpdateService, without desiredCount") {
  DeployJourney journey;
  journey.deploy();
  journey.members = "    healthCheckGracePeriodSeconds: 60\n";
  journey.journey.dir.write("public/index.html", "changed\n");
  const auto changed = journey.deploy();
  CHECK(changed.result.outcome == Outcome::done);
  CHECK(journey.count("UpdateService") == 1);
  std::vector<std::string> names;
  for (const auto& change : changed.changes) names.push_back(change.name);
  CHECK(names == std::vector<std::string>{"healthCheckGracePeriodSeconds", "taskDefinition"});
}

TEST_CASE("--force starts a new deployment of the same") {
  DeployJourney journey;
  journey.deploy();
  const auto forced = journey.deploy({.is_forced = true});
  CHECK(forced.result.outcome == Outcome::done);
  CHECK(journey.count("UpdateService") == 1);
}

TEST_CASE("a dry run shows the changes and sends nothing") {
  DeployJourney journey;
  CHECK(journey.deploy({.dry_run = true}).is_created);
  journey.deploy();
  CHECK(journey.deploy({.dry_run = true}).changes.empty());
  journey.members = "    healthCheckGracePeriodSeconds: 60\n";
  const auto plan = journey.deploy({.dry_run = true});
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].name == "healthCheckGracePeriodSeconds");
  CHECK(journey.count("CreateService") == 1);
  CHECK(journey.count("UpdateService") == 0);
}

TEST_CASE("tasks that crash are a rollback with the reason, the log and the cure") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "crash-loop";
  const auto failed = journey.deploy().result;
  CHECK(failed.outcome == Outcome::rolled_back);
  CHECK(app::exit_code(failed.outcome) == 7);
  REQUIRE(failed.failure);
  CHECK(failed.failure->exit_code == 1);
  CHECK_THAT(failed.cure, Contains("Python package is missing"));
  CHECK(journey.was_told("3 tasks of this revision failed in the same way"));
  CHECK(journey.was_told("No module named 'redis'"));
}

TEST_CASE("each kind of failure has its own reason and cure") {
  const auto [script, reason, cure] = GENERATE(table<std::string, std::string, std::string>({
      {"cannot-pull", "CannotPullContainerError", "execution role"},
      {"out-of-memory", "exit code 137", "raise `memory`"},
      {"exec-format", "exit code 1", "CPU architecture"},
  }));
  CAPTURE(script);
  DeployJourney journey;
  journey.deploy();
  journey.rollout = script;
  const auto failed = journey.deploy().result;
  CHECK(failed.outcome == Outcome::rolled_back);
  REQUIRE(failed.failure);
  CHECK_THAT(text_of(*failed.failure), Contains(reason));
  CHECK_THAT(failed.cure, Contains(cure));
}

TEST_CASE("without a circuit breaker --fail-fast ends a crash loop") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "crash-loop";
  journey.members = "";
  auto project = journey.project();
  project.services[0].document = replace_all(project.services[0].document, "\"enable\":true", "\"enable\":false");
  app::DeploySettings settings;
  settings.wait.fail_fast = true;
  const auto result = app::deploy(journey.context(), project, {}, settings, journey.on_event()).services.at(0).result;
  CHECK(result.outcome == Outcome::rolled_back);
  CHECK(journey.count("StopServiceDeployment") == 1);
}

TEST_CASE("a rollout that takes too long is a timeout and goes on, unless a rollback was asked for") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "never-stable";
  app::DeploySettings settings;
  settings.wait.timeout = std::chrono::minutes(2);
  CHECK(journey.deploy(settings).result.outcome == Outcome::timed_out);
  CHECK(journey.count("StopServiceDeployment") == 0);
  settings.wait.rollback_on_timeout = true;
  CHECK(journey.deploy(settings).result.outcome == Outcome::rolled_back);
  CHECK(journey.count("StopServiceDeployment") == 1);
}

TEST_CASE("a slow rollout is waited for, and polled at most every six seconds") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "slow";
  const auto begin = journey.time->now();
  CHECK(journey.deploy().result.outcome == Outcome::done);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(journey.time->now() - begin).count();
  CHECK(seconds < 25);
  CHECK(journey.count("DescribeServiceDeployments") < 25);
}

TEST_CASE("a rollback by an alarm is told in ECS's words") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "alarm";
  const auto result = journey.deploy().result;
  CHECK(result.outcome == Outcome::rolled_back);
  CHECK_THAT(result.reason, Contains("CloudWatch alarm"));
}

TEST_CASE("the task of `before` runs first, and its exit code decides") {
  DeployJourney journey;
  journey.members = "    before: { command: [ ./manage.py, migrate ] }\n";
  CHECK(journey.deploy().result.outcome == Outcome::done);
  CHECK(journey.count("RunTask") == 1);
  CHECK(journey.deploy().result.outcome == Outcome::unchanged);
  CHECK(journey.count("RunTask") == 1);  // nothing to migrate
  journey.exit_code = "3";
  const auto error = failure_of([&] { journey.deploy(); });
  CHECK(error.kind() == ErrorKind::deployment);
  CHECK_THAT(error.summary(), Contains("the service `web` was not updated"));
  CHECK_THAT(error.reason(), Contains("exit code 3"));
  CHECK(journey.count("UpdateService") == 0);
}

TEST_CASE("a reply to UpdateService that gets lost makes no second deployment") {
  DeployJourney journey;
  journey.deploy();
  journey.journey.dir.write("public/index.html", "changed\n");
  journey.journey.box->set_faults(
      R"({"rules":[{"match":{"operation":"UpdateService"},"nth":1,"do":{"reset":"after"}}]})");
  CHECK(journey.deploy().result.outcome == Outcome::done);
  CHECK(journey.count("UpdateService") == 1);
}

TEST_CASE("a deployment that somebody else replaces is superseded") {
  DeployJourney journey;
  journey.deploy();
  journey.rollout = "never-stable";
  app::DeploySettings settings;
  settings.waits = false;
  const auto started = journey.deploy(settings);
  const auto live_before = journey.events.size();
  (void)live_before;
  journey.rollout = "healthy";
  journey.journey.dir.write("public/index.html", "theirs\n");
  CHECK(journey.deploy().result.outcome == Outcome::done);  // theirs: ours has ended
  CHECK(started.result.outcome == Outcome::done);
  CHECK_THAT(started.result.note, Contains("--no-wait"));
}

TEST_CASE("automatic scaling is set once, and then left alone") {
  DeployJourney journey;
  journey.members = "    scale: { min: 2, max: 6, cpu: 60 }\n";
  journey.deploy();
  CHECK(journey.was_told("automatic scaling: 2 to 6 tasks"));
  journey.deploy();
  CHECK(journey.count("RegisterScalableTarget") == 1);
  CHECK(journey.count("PutScalingPolicy") == 1);
}

TEST_CASE("a mistake in a task stops the deployment before anything is sent") {
  DeployJourney journey;
  auto project = journey.project();
  project.tasks[0].overlay = replace_all(project.tasks[0].overlay, "\"512\"", "\"8192\"");
  CHECK(failure_of([&] { app::deploy(journey.context(), project, {}, {}, nullptr); }).kind() == ErrorKind::usage);
  CHECK(journey.journey.box->records().empty());
}
