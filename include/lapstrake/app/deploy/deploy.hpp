// Deploys services: registers their tasks, runs the tasks that come before, creates or updates the services, and waits
// for each rollout.
#pragma once
#include <lapstrake/app/deploy/event.hpp>
#include <lapstrake/app/deploy/result.hpp>
#include <lapstrake/app/deploy/settings.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/aws/ecs/service_changes.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct DeployedService {
  std::string name{}, arn{};
  std::string task_definition{};  // ARN
  bool is_created = false;
  std::vector<aws::MemberChange> changes{};  // that the update has; empty: nothing differed
  RolloutResult result{};
};

struct Deployment {
  Registration registration;
  std::vector<DeployedService> services;  // in the spec's order
};

// Calls `each` for every service when its rollout has ended. Throws before anything is updated if a task has mistakes,
// an image cannot be pushed, or a task of `before` fails (Error{deployment} with its exit code).
Deployment deploy(const Context& context, const spec::Project& project, const std::vector<std::string>& names,
                  const DeploySettings& settings, const OnRolloutEvent& on_event,
                  const std::function<void(const DeployedService&)>& each = nullptr);

}  // namespace lapstrake::app
