// Operates services after their deployment: answers hooks, goes back to an earlier revision, shows what runs, runs
// single tasks, and shows logs.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/deploy/event.hpp>
#include <lapstrake/app/deploy/result.hpp>
#include <lapstrake/app/deploy/settings.hpp>
#include <lapstrake/app/deploy/task_result.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <string>
#include <vector>

namespace lapstrake::app {

struct Answered {
  std::string service_arn = {};
  std::vector<std::string> hooks = {};  // ids
  RolloutResult result = {};
};

// Answers all hooks of the service's current deployment that wait, then waits for its end. Error{usage} when no hook
// waits.
Answered approve(const Context& context, const spec::Project& project, const std::string& service, bool rolls_back,
                 const WaitSettings& settings, const OnRolloutEvent& on_event);

struct RolledBack {
  std::string service_arn, task_definition;  // the revision that the service goes back to; empty: ECS chooses
  RolloutResult result = {};
};

// `to`: a revision number or ARN. Without it a deployment in progress is rolled back, else the service gets the newest
// other task definition that was deployed to it. Error{usage} when there is none.
RolledBack roll_back(const Context& context, const spec::Project& project, const std::string& service,
                     const std::optional<std::string>& to, const WaitSettings& settings,
                     const OnRolloutEvent& on_event);

struct RunningContainer {
  std::string task, name, image, digest, health;
  std::optional<bool> is_current = {};  // whether it runs the digest that the spec builds; nothing: not known
};

struct ServiceStatus {
  std::string name, arn;                  // arn empty: the service does not exist
  std::string state = {};                 // "ACTIVE"
  std::string rollout = {}, reason = {};  // of the PRIMARY deployment: "COMPLETED"
  std::string task_definition = {};       // ARN
  std::int64_t desired = 0, running = 0, pending = 0;
  std::vector<RunningContainer> containers = {};
  std::vector<WaitingHook> hooks = {};
  std::string platform_override = {};  // "ARM64/LINUX": ECS runs another platform than the task definition says
};

// Builds the images (into the store only) to compare their digests with those that run.
std::vector<ServiceStatus> status(const Context& context, const spec::Project& project,
                                  const std::vector<std::string>& names,
                                  const std::function<void(const ServiceStatus&)>& each);

struct RunSettings {
  std::string container = {};
  std::optional<std::vector<std::string>> command = {};
  std::string service = {};  // whose cluster and network the task gets; empty: the first service with this task
  std::chrono::milliseconds timeout = std::chrono::hours(1);
};
// Runs the newest active revision of a task of the spec.
TaskResult run(const Context& context, const spec::Project& project, const std::string& task,
               const RunSettings& settings, const std::function<void(const std::string&)>& on_line);

struct LogSettings {
  bool follows = false;  // until a stop is requested
  std::size_t most_lines = 100;
};
// The logs of the running tasks of a service.
void logs(const Context& context, const spec::Project& project, const std::string& service, const LogSettings& settings,
          const std::function<void(const std::string& task, const std::string& container, const LogLine&)>& on_line);

}  // namespace lapstrake::app
