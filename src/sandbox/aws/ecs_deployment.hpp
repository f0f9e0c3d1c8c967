// Pure functions of a deployment of ECS: its members, its stages, its traffic, and the rollback.
#pragma once
#include "ecs_state.hpp"

namespace lapstrake::sandbox {

struct NewDeployment {
  nlohmann::json definition;
  ImageDigests digests = {};
  std::string script = {};
};

// A deployment of the service as it is now.
EcsDeployment new_deployment(const EcsService& service, NewDeployment wanted, const Caller& caller);

// The deploymentConfiguration of the service when the deployment started; null: none.
const nlohmann::json& configuration_of(const EcsDeployment& deployment);
std::string strategy_of(const EcsDeployment& deployment);  // "ROLLING"
// Whether the deployment goes through the lifecycle stages.
bool is_staged(const EcsDeployment& deployment);
// The first stage follows the empty one; nothing follows the last.
std::string stage_after(const std::string& stage);
// Percent of the production traffic after this number of steps of PRODUCTION_TRAFFIC_SHIFT.
double traffic_after(const EcsDeployment& deployment, int steps);
const EcsHook* waiting_hook(const EcsDeployment& deployment);  // null: none
std::vector<std::string> alarm_names(const EcsDeployment& deployment);
// The rolloutStateReason of a deployment that failed.
std::string failure_reason(const EcsDeployment& deployment);

// The last completed deployment; null: none.
const EcsDeployment* rollback_candidate(const EcsService& service, const EcsDeployment& failed);
EcsDeployment rollback_deployment(const EcsDeployment& earlier, const EcsDeployment& failed, Time now);

}  // namespace lapstrake::sandbox
