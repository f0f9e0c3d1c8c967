// What a service runs, by task definition and by image digest.
#pragma once
#include "rollout.hpp"

namespace lapstrake::app {

struct RunningTasks {
  std::size_t ours = 0, other = 0;  // of the target's task definition, and of others
  std::string wrong_image = {};     // the digest of a container of ours that is none of `digests`
};

RunningTasks running_tasks(const aws::Session& session, const Rollout& rollout);

}  // namespace lapstrake::app
