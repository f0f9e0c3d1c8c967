#include <lapstrake/app/deploy/task_failure.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake::app;
using nlohmann::json;

namespace {

json stopped(const std::string& code, const std::string& reason, const json& containers) {
  return {{"taskArn", "arn:aws:ecs:us-east-1:123456789012:task/prod/0123"},
          {"lastStatus", "STOPPED"},
          {"stopCode", code},
          {"stoppedReason", reason},
          {"containers", containers}};
}

}  // namespace

TEST_CASE("a failed task is described by the container that failed") {
  const auto failure = failure_of_task(
      stopped("EssentialContainerExited", "Essential container in task exited",
              {{{"name", "nginx"}, {"exitCode", 0}}, {{"name", "api"}, {"exitCode", 1}, {"reason", "boom"}}}));
  REQUIRE(failure);
  CHECK(text_of(*failure) == "Essential container in task exited: container `api` ended with exit code 1 (boom)");
}

TEST_CASE("tasks that ECS or a user stopped on purpose are no failures") {
  CHECK_FALSE(failure_of_task(
      stopped("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", json::array())));
  CHECK_FALSE(failure_of_task(stopped("UserInitiated", "Task stopped by user", json::array())));
  CHECK_FALSE(failure_of_task({{"lastStatus", "RUNNING"}}));
  CHECK(failure_of_task(
      stopped("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:...)", json::array())));
}

TEST_CASE("failures of one kind are equal whatever differs from task to task") {
  const auto kind = [](const char* reason) {
    return kind_of(*failure_of_task(stopped("TaskFailedToStart", reason, json::array())));
  };
  CHECK(kind("Task failed ELB health checks in (port 80)") == kind("Task failed ELB health checks in (port 81)"));
  CHECK(kind("CannotPullContainerError: a") != kind("ResourceInitializationError: b"));
}

TEST_CASE("the cure comes from the reason, the log, or the exit code") {
  const auto cure = [](const TaskFailure& failure, const char* line = "") {
    return cure_of(failure, {{.time = {}, .text = line}});
  };
  const TaskFailure exited{.task = "1",
                           .reason = "Essential container in task exited",
                           .container = "api",
                           .container_reason = "",
                           .exit_code = 1};
  auto pull = exited, memory = exited, library = exited;
  pull.reason = "CannotPullContainerError: not found";
  memory.container_reason = "OutOfMemoryError: Container killed due to memory usage";
  library.exit_code = 127;
  CHECK_THAT(cure(pull), Contains("execution role"));
  CHECK_THAT(cure(memory), Contains("raise `memory`"));
  CHECK_THAT(cure(library), Contains("missing in the image"));
  CHECK_THAT(cure(exited, "exec /app: exec format error"), Contains("CPU architecture"));
  CHECK_THAT(cure(exited, "ModuleNotFoundError: No module named 'redis'"), Contains("Python package is missing"));
  CHECK(cure(exited, "unknown").empty());
}
