#include <lapstrake/app/deploy/task_failure.hpp>
#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {
namespace {

using nlohmann::json;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The container that ended with a failure; else one with a reason.
const json* failed_container(const json& task) {
  const json* with_reason = nullptr;
  for (const auto& container : aws::list_of(task, "containers")) {
    if (aws::number_of(container, "exitCode").value_or(0) != 0) return &container;
    if (with_reason == nullptr && !aws::text_of(container, "reason").empty()) with_reason = &container;
  }
  return with_reason;
}

// Part of ECS's text, and what to do.
struct KnownReason {
  std::string_view part, cure;
};

constexpr KnownReason known_reasons[] = {
    {"exec format error",
     "the image is for another CPU architecture: set `platforms:` of the image, or `runtimePlatform` of the task"},
    {"CannotPullContainerError",
     "check that the image exists, that the execution role may pull it (`lapstrake policy execution`), and that the "
     "subnets reach ECR: a public address, a NAT gateway, or VPC endpoints"},
    {"ResourceInitializationError",
     "check that the execution role may read each secret (`lapstrake policy execution`), and that the subnets reach "
     "Secrets Manager, SSM and CloudWatch Logs"},
    {"OutOfMemory", "raise `memory` of the task or of the container"},
    {"failed container health checks", "read the container's log; raise `startPeriod` if the program starts slowly"},
    {"failed ELB health checks",
     "check the path and port of the target group, the security groups, and `healthCheckGracePeriodSeconds`"},
    {"no such file or directory",
     "check `entrypoint:` and `command:`: the program, or the interpreter in its first "
     "line, is missing in the image"},
    {"executable file not found", "check `entrypoint:` and `command:`: the program is missing in the image"},
    {"permission denied", "check that the program is executable (`mode: \"0755\"`) for the `user:` of the image"},
    {"AGENT", "the instance cannot run this task: check the ECS agent"},
    {"CannotCreateVolume", "check the file system, its mount targets, and the task role"},
    {"Fargate Spot", "AWS took the capacity back: use FARGATE for tasks that must keep running"},
};

// Part of a line that a program or the container runtime writes.
constexpr KnownReason known_log_lines[] = {
    {"exec format error",
     "the image is for another CPU architecture: set `platforms:` of the image, or `runtimePlatform` of the task"},
    {"ModuleNotFoundError", "a Python package is missing: add it to the file of `pip:`, and run `lapstrake lock`"},
    {"Cannot find module",
     "a Node package is missing: add it to package.json, update the lock file of `npm:`, and run "
     "`lapstrake lock`"},
    {"error while loading shared libraries",
     "a shared library is missing: add its Debian package to `deb:`, and run `lapstrake lock`"},
    {"Class \"", "a PHP class is missing: check that composer's vendor folder is copied"},
    {"Address already in use", "two containers of a task share one network: give them different ports"},
    {"Connection refused",
     "a service that the program needs did not answer: check its address and the security groups"},
};

struct KnownExitCode {
  std::int64_t code;
  std::string_view cure;
};

constexpr KnownExitCode known_exit_codes[] = {
    {126, "the program of the container is not executable"},
    {127, "the program of the container, or a shared library that it needs, is missing in the image"},
    {137, "the container was killed: too little `memory`, or it did not stop within `stopTimeout`"},
    {139, "the program crashed (segmentation fault): check that its libraries fit the base image"},
    {143, "the program ended on SIGTERM"},
};

// ECS's own stops: UserInitiated is StopTask, and the scheduler's are no failures.
bool is_intended(const json& task) {
  const auto code = aws::text_of(task, "stopCode"), reason = aws::text_of(task, "stoppedReason");
  if (code == "ServiceSchedulerInitiated") return !has(reason, "health check") && !has(reason, "unhealthy");
  return code == "UserInitiated";
}

}  // namespace

std::optional<TaskFailure> failure_of_task(const json& task) {
  if (aws::text_of(task, "lastStatus") != "STOPPED" || is_intended(task)) return std::nullopt;
  TaskFailure failure{.task = aws::task_id(aws::text_of(task, "taskArn")),
                      .reason = aws::text_of(task, "stoppedReason"),
                      .container = {},
                      .container_reason = {}};
  if (const auto* container = failed_container(task); container != nullptr) {
    failure.container = aws::text_of(*container, "name");
    failure.container_reason = aws::text_of(*container, "reason");
    failure.exit_code = aws::number_of(*container, "exitCode");
  }
  return failure;
}

std::string kind_of(const TaskFailure& failure) {
  // Without what differs from task to task: identifiers in parentheses ("(task 0123...)", "(port 8080)").
  return cat(failure.reason.substr(0, failure.reason.find('(')), "|", failure.container, "|",
             failure.container_reason.substr(0, failure.container_reason.find('(')), "|",
             failure.exit_code ? cat(*failure.exit_code) : "");
}

std::string text_of(const TaskFailure& failure) {
  auto text = failure.reason.empty() ? std::string("stopped") : printable(failure.reason, 400);
  if (failure.container.empty()) return text;
  text += cat(": container `", printable(failure.container), "`");
  if (failure.exit_code) text += cat(" ended with exit code ", *failure.exit_code);
  if (!failure.container_reason.empty())
    text +=
        cat(failure.exit_code ? " (" : ": ", printable(failure.container_reason, 400), failure.exit_code ? ")" : "");
  return text;
}

std::string cure_of(const TaskFailure& failure, const std::vector<LogLine>& log) {
  for (const auto& known : known_reasons)
    if (has(failure.container_reason, known.part) || has(failure.reason, known.part)) return std::string(known.cure);
  for (const auto& known : known_log_lines)
    for (const auto& line : log)
      if (has(line.text, known.part)) return std::string(known.cure);
  for (const auto& known : known_exit_codes)
    if (failure.exit_code == known.code) return std::string(known.cure);
  return {};
}

}  // namespace lapstrake::app
