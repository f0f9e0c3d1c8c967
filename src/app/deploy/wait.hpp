// Waits for the end of a rollout: watches the deployment that our own call made, and shows each event.
#pragma once
#include <lapstrake/app/deploy/event.hpp>
#include <lapstrake/app/deploy/settings.hpp>

#include "rollout.hpp"

namespace lapstrake::app {

// Returns when the rollout has ended, when it waits for an approval, or after the timeout. Error{network} and
// Error{access} when ECS cannot be asked any more.
RolloutResult wait_for(const aws::Session& session, const Rollout& rollout, const WaitSettings& settings,
                       const OnRolloutEvent& on_event);

}  // namespace lapstrake::app
