// One service of a deployment: what the spec wants, what ECS has, and the call between them.
#pragma once
#include <lapstrake/app/deploy/event.hpp>
#include <lapstrake/app/deploy/settings.hpp>
#include <lapstrake/aws/ecs/scaling.hpp>
#include <lapstrake/aws/ecs/service_changes.hpp>
#include <lapstrake/spec/project.hpp>
#include <nlohmann/json.hpp>

#include "rollout.hpp"

namespace lapstrake::app {

struct WantedService {
  const spec::Service* service = nullptr;
  aws::ServiceId id;
  nlohmann::json document;         // with the ARN of the task definition
  nlohmann::json task_definition;  // as ECS stores it
};

// The cluster and the name in ECS.
aws::ServiceId id_of(const spec::Service& service);

struct StartedRollout {
  RolloutTarget target;
  std::string arn;                              // of the service
  bool is_created = false, is_running = false;  // is_running: there is a rollout to wait for
  std::vector<aws::MemberChange> changes = {};
};

// The changes that deploy() would make now.
StartedRollout planned(const aws::Session& session, const WantedService& wanted, const DeploySettings& settings);
// Creates or updates the service with one call, if anything differs. A lost reply is not sent twice: the service shows
// whether the call arrived. Error{usage} for a member that cannot be changed, and for services that other controllers
// deploy.
StartedRollout start_rollout(const aws::Session& session, const WantedService& wanted, const DeploySettings& settings,
                             const OnRolloutEvent& on_event);

}  // namespace lapstrake::app
