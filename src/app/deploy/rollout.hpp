// What a rollout's state means, from the documents of ECS. Pure. Sources of the rules: Amazon ECS API Reference
// (ServiceDeployment, Deployment, ServiceDeploymentLifecycleHook) and Developer Guide, "Service deployments".
#pragma once
#include <lapstrake/app/deploy/result.hpp>
#include <lapstrake/aws/ecs/services.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::app {

// The deployment that our own call made. Another one, newer or older, decides nothing about ours.
struct RolloutTarget {
  std::string deployment_arn = {};   // of the service deployment; empty where the endpoint has none
  std::string deployment_id = {};    // "ecs-svc/1234567890123456789": the PRIMARY in the reply to our call
  std::string task_definition = {};  // ARN
};

struct Rollout {
  aws::ServiceId id;  // cluster and name in ECS
  std::string name;   // of the service in the spec, for events
  RolloutTarget target;
  nlohmann::json task_definition = {};  // as registered: its log configuration
  std::set<std::string> digests = {};   // "sha256:..." that our containers may run
};

struct Observation {
  nlohmann::json service;                    // DescribeServices
  std::optional<nlohmann::json> deployment;  // DescribeServiceDeployments of ours
};

enum class RolloutState {
  in_progress,
  rolling_back,
  done,
  rolled_back,
  failed,      // ended without a rollback, or the rollback failed, or somebody stopped it
  superseded,  // by a newer deployment
  waiting      // for the answer to a hook
};

struct Verdict {
  RolloutState state = RolloutState::in_progress;
  std::string reason = {};  // in ECS's words
  std::vector<WaitingHook> hooks = {};
  bool operator==(const Verdict&) const = default;
};

Verdict verdict(const RolloutTarget& target, const Observation& seen);

// Whether a service deployment has reached a lifecycle stage ("BAKE_TIME") or is beyond it.
bool has_reached(const std::string& stage, const nlohmann::json& deployment);

// Numbers of a rollout to show. Of the target's tasks alone, where ECS tells them apart.
struct RolloutProgress {
  std::int64_t desired = 0, running = 0, pending = 0, failed = 0;
  std::optional<std::int64_t> breaker_failures = {}, breaker_threshold = {};  // "2 of 3 failures"
  std::string stage = {};
  bool operator==(const RolloutProgress&) const = default;
};
RolloutProgress progress(const RolloutTarget& target, const Observation& seen);

// "1 of 2 tasks running, 1 pending, 0 failed; circuit breaker: 2 of 3 failures; stage BAKE_TIME"
std::string text_of(const RolloutProgress& progress);

}  // namespace lapstrake::app
