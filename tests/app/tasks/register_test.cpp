#include "journey.hpp"

using namespace lapstrake;

TEST_CASE("registering twice gives one revision, another environment a second one") {
  Journey journey;
  const auto first = journey.registered();
  CHECK(first.is_new);
  CHECK_THAT(first.arn, Catch::Matchers::EndsWith("task-definition/shop:1"));
  const auto second = journey.registered();
  CHECK_FALSE(second.is_new);
  CHECK(second.arn == first.arn);
  journey.environment = "production";
  const auto production = journey.registered();
  CHECK(production.is_new);
  CHECK_THAT(production.arn, Catch::Matchers::EndsWith("task-definition/shop:2"));
}

TEST_CASE("what ECS fills in or leaves out makes no second revision") {
  const auto [before, after] = GENERATE(table<std::string, std::string>({
      {"essential: true", "essential: true, environment: [ { name: A }, { name: B, value: '' } ]"},
      {"essential: true", "essential: true, _comment: by hand"},
      {"essential: true", "essential: true, healthCheck: { command: [ CMD, /x ] }"},
      {"essential: true", "essential: true, restartPolicy: { enabled: true }"},
      {"essential: true", "essential: true, systemControls: [], mountPoints: null"},
      {"essential: true", "essential: true, linuxParameters: { initProcessEnabled: false }"},
      {"essential: true",
       "essential: true, logConfiguration: { logDriver: awsfirelens } }\n      - { name: router, image: "
       "'host/router:1@sha256:" +
           std::string(64, 'a') + "', firelensConfiguration: { type: fluentbit }"},
      {"    cpu: \"256\"", "    $schema: https://example.org/task.json\n    cpu: .25 vCPU"},
      {"    cpu: \"256\"", "    tags: [ { key: b, value: '1' }, { key: a, value: '2' } ]\n    cpu: 256"},
      {"    cpu: \"256\"",
       "    volumes: [ { name: data, efsVolumeConfiguration: { fileSystemId: fs-12345678 } } ]\n    cpu: 256"},
      {"    networkMode: awsvpc\n    requiresCompatibilities: [ FARGATE ]\n",
       "    volumes: [ { name: data, dockerVolumeConfiguration: { autoprovision: false } } ]\n"},
  }));
  CAPTURE(after);
  Journey journey;
  const auto spec = replace_all(journey.spec(), before, after);
  REQUIRE(spec != journey.spec());
  journey.dir.write("lapstrake.yaml", spec);
  REQUIRE(journey.registered().is_new);
  CHECK_FALSE(journey.registered().is_new);
  CHECK(journey.registered(true).diff.empty());
}

TEST_CASE("a member that ECS does not keep is a warning") {
  Journey journey;
  journey.dir.write("lapstrake.yaml",
                    replace_all(journey.spec(), "    cpu: \"256\"", "    owner: team-a\n    cpu: 256"));
  REQUIRE(journey.registered().is_new);
  CHECK_THAT(journey.messages, Contains("task shop: ECS did not keep `owner`: remove it"));
}

TEST_CASE("a dry run sends nothing and shows what would change") {
  Journey journey;
  const auto first = journey.registered(true);
  CHECK_THAT(first.diff, Contains("+") && Contains("/web:v1@sha256:"));
  CHECK(journey.count("POST", "RegisterTaskDefinition") == 0);
  CHECK(journey.count("PUT", "") == 0);
  journey.registered();
  CHECK(journey.registered(true).diff.empty());
  journey.environment = "production";
  CHECK_THAT(journey.registered(true).diff, Contains("1024"));
}

TEST_CASE("a reply to RegisterTaskDefinition that gets lost makes no second revision (S36)") {
  Journey journey;
  journey.box->set_faults(
      R"({"rules":[{"match":{"operation":"RegisterTaskDefinition"},"nth":1,"do":{"reset":"after"}}]})");
  CHECK_THAT(journey.registered().arn, Catch::Matchers::EndsWith("shop:1"));
  const auto again = journey.registered();
  CHECK_FALSE(again.is_new);
  CHECK_THAT(again.arn, Catch::Matchers::EndsWith("shop:1"));
  CHECK(journey.count("POST", "RegisterTaskDefinition") == 1);
  CHECK(journey.registered(true).diff.empty());  // its image is this one, by digest
}

TEST_CASE("the offline checks stop before anything is sent") {
  Journey journey;
  journey.dir.write("lapstrake.yaml", replace_all(journey.spec(), "memory: \"512\"", "memory: \"8192\""));
  const auto findings = app::check_tasks(journey.context(), journey.project(), {});
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].where.line == 16);
  CHECK(failure_of([&] { journey.registered(); }).kind() == ErrorKind::usage);
  CHECK(journey.box->records().empty());
}

TEST_CASE("an error that AWS's reference alone supports names its rule, which the task can ignore") {
  Journey journey;
  const auto spec = replace_all(journey.spec(), "essential: true", "essential: true, stopTimeout: 600");
  journey.dir.write("lapstrake.yaml", spec);
  const auto findings = app::check_tasks(journey.context(), journey.project(), {});
  REQUIRE(findings.size() == 1);
  CHECK_THAT(report(findings[0]), Contains("the AWS reference") && Contains("ignore_rules: [stop-timeout]"));
  journey.dir.write("lapstrake.yaml", replace_all(spec, "  shop:\n", "  shop:\n    ignore_rules: [stop-timeout]\n"));
  CHECK(app::check_tasks(journey.context(), journey.project(), {}).empty());
  CHECK(journey.registered().is_new);
}

TEST_CASE("of very many mistakes in a task the first are shown, errors before warnings") {
  Journey journey;
  std::string entries;
  for (int i = 0; i < 2000; ++i) entries += "1, ";
  journey.dir.write("lapstrake.yaml", replace_all(journey.spec(), "essential: true",
                                                  cat("essential: true, dependsOn: [ ", entries, "]")));
  const auto findings = app::check_tasks(journey.context(), journey.project(), {});
  REQUIRE(findings.size() == 101);
  CHECK_THAT(findings.back().message, Contains("task `shop` has 1900 more mistakes"));
}

TEST_CASE("a finding about a task shows no value of its environment (S07)") {
  Journey journey;
  const std::string written = GENERATE("sesame-open", "\"sesame-open\"", "\"sesame\\x2dopen\"");
  journey.dir.write("lapstrake.yaml",
                    replace_all(journey.spec(), "essential: true",
                                cat("essential: true, environment: [ { name: API_TOKEN, value: ", written, " } ]")));
  const auto findings = app::check_tasks(journey.context(), journey.project(), {});
  REQUIRE(findings.size() == 1);
  const auto text = report(findings[0]);
  CHECK_THAT(text, Contains("`API_TOKEN` of `web` looks like a secret"));
  CHECK_THAT(text, !Contains("sesame"));
}

TEST_CASE("four throttles in a row, and a clock that is off, are got over with a word (S35)") {
  // The clock stays off.
  const auto [fault, word] = GENERATE(std::pair(R"("to":4,"do":{"throttle":true})", "attempt 4 of 6 failed"),
                                      std::pair(R"("from":1,"do":{"skew_s":3600})", "clock is 60 minutes behind"));
  CAPTURE(fault);
  Journey journey;
  journey.box->set_faults(cat(R"({"rules":[{"match":{"operation":"RegisterTaskDefinition"},)", fault, "}]}"));
  CHECK(journey.registered().is_new);
  CHECK_THAT(journey.messages, Contains(word));
}

TEST_CASE("an image that is given by reference keeps the task's platform, and makes no second revision") {
  Journey journey;
  journey.dir.write("lapstrake.yaml",
                    replace_all(journey.spec(), "    tags: [v1]\n", "    tags: [v1]\n    platforms: [linux/arm64]\n"));
  const auto first = journey.registered();
  const auto reference = journey.push().references.front().text();
  auto context = journey.context();
  context.images.prebuilt.emplace("web", oci::parse_reference(reference));
  const auto promoted = app::register_tasks(context, journey.project(), {}, {});
  CHECK_FALSE(promoted.tasks.at(0).is_new);
  CHECK(promoted.tasks.at(0).arn == first.arn);
}

TEST_CASE("`--platform` decides what the offline check compares the task with") {
  Journey journey;
  journey.dir.write(
      "lapstrake.yaml",
      replace_all(
          replace_all(journey.spec(), "    tags: [v1]\n", "    tags: [v1]\n    platforms: [linux/arm64]\n"),
          "    cpu:", "    runtimePlatform: { cpuArchitecture: X86_64, operatingSystemFamily: LINUX }\n    cpu:"));
  auto context = journey.context();
  CHECK_FALSE(app::check_tasks(context, journey.project(), {}).empty());
  context.images.platforms = {oci::Platform::parse("linux/amd64")};
  CHECK(app::check_tasks(context, journey.project(), {}).empty());
}
