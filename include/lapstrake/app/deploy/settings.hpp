// The settings of a deployment.
#pragma once
#include <chrono>
#include <lapstrake/app/publish/pushed_image.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// The lifecycle stages of a service deployment, in their order (Amazon ECS API Reference, ServiceDeployment).
const std::vector<std::string>& lifecycle_stages();

struct WaitSettings {
  std::chrono::milliseconds timeout = std::chrono::minutes(30);
  std::string until = "deployed";    // "deployed", "stable" (and all old tasks have stopped), or a lifecycle stage
  bool fail_fast = false;            // roll back at the early verdict
  bool rollback_on_timeout = false;  // else a deployment that takes too long goes on
};

struct DeploySettings {
  PushSettings push{};
  WaitSettings wait{};
  bool waits = true;       // false: --no-wait
  bool is_forced = false;  // --force: a new deployment even if nothing differs
  bool scales = false;     // --scale: send the spec's desiredCount
  bool dry_run = false;    // show the changes; push, register and update nothing
};

}  // namespace lapstrake::app
