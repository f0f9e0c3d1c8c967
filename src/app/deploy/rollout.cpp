#include "rollout.hpp"

#include <algorithm>
#include <lapstrake/aws/ecs/services.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "timestamps.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

const json* deployment_called(const json& service, const std::string& id) {
  for (const auto& deployment : aws::list_of(service, "deployments"))
    if (aws::text_of(deployment, "id") == id) return &deployment;
  return nullptr;
}

std::vector<WaitingHook> waiting_hooks(const json& deployment) {
  std::vector<WaitingHook> hooks;
  for (const auto& hook : aws::list_of(deployment, "lifecycleHookDetails"))
    if (aws::text_of(hook, "status") == "AWAITING_ACTION")
      hooks.push_back({.id = aws::text_of(hook, "hookId"),
                       .stage = aws::text_of(deployment, "lifecycleStage"),
                       .expires = timestamp_text(aws::member_of(hook, "expiresAt")),
                       .then = aws::text_of(hook, "timeoutAction")});
  return hooks;
}

// Whether a deployment that is not ours is the PRIMARY one now. After a rollback it is the one that ECS made.
bool is_replaced(const RolloutTarget& target, const json& service) {
  const auto& primary = aws::primary_deployment(service);
  return primary.is_object() && aws::text_of(primary, "id") != target.deployment_id &&
         aws::text_of(primary, "taskDefinition") != target.task_definition;
}

// ECS stops a deployment when somebody starts a newer one, and when somebody asks for it.
Verdict stopped(const RolloutTarget& target, const Observation& seen, std::string reason) {
  const auto current = aws::text_of(seen.service, "currentServiceDeployment");
  const bool is_newer = (!current.empty() && current != target.deployment_arn) || is_replaced(target, seen.service);
  return {is_newer ? RolloutState::superseded : RolloutState::failed, std::move(reason)};
}

Verdict by_status(const RolloutTarget& target, const Observation& seen) {
  const auto& deployment = *seen.deployment;
  const auto status = aws::text_of(deployment, "status");
  auto reason = aws::text_of(deployment, "statusReason");
  if (status == "SUCCESSFUL")
    return is_replaced(target, seen.service) ? Verdict{RolloutState::superseded, "another deployment has started since"}
                                             : Verdict{RolloutState::done, std::move(reason)};
  if (status == "ROLLBACK_SUCCESSFUL") return {RolloutState::rolled_back, std::move(reason)};
  if (status == "ROLLBACK_FAILED") return {RolloutState::failed, std::move(reason)};
  if (status == "STOPPED") return stopped(target, seen, std::move(reason));
  if (status == "ROLLBACK_REQUESTED" || status == "ROLLBACK_IN_PROGRESS" || status == "STOP_REQUESTED")
    return {RolloutState::rolling_back, std::move(reason)};
  auto hooks = waiting_hooks(deployment);
  return {hooks.empty() ? RolloutState::in_progress : RolloutState::waiting, std::move(reason), std::move(hooks)};
}

// Without the API of service deployments: by the service's own list.
Verdict by_rollout_state(const RolloutTarget& target, const Observation& seen) {
  const auto& primary = aws::primary_deployment(seen.service);
  const auto* ours = deployment_called(seen.service, target.deployment_id);
  const bool is_primary = ours != nullptr && aws::text_of(*ours, "status") == "PRIMARY";
  const auto state = ours == nullptr ? "" : aws::text_of(*ours, "rolloutState");
  auto reason = ours == nullptr ? "" : aws::text_of(*ours, "rolloutStateReason");
  if (state == "FAILED") return {is_primary ? RolloutState::failed : RolloutState::rolled_back, std::move(reason)};
  if (!is_primary) {
    // ECS marks the deployment that a rollback makes with the reason; nothing else tells it from a newer deployment.
    auto newer = aws::text_of(primary, "rolloutStateReason");
    const bool by_rollback = newer.find("rolling back") != std::string::npos;
    return {by_rollback ? RolloutState::rolled_back : RolloutState::superseded, std::move(newer)};
  }
  if (state == "COMPLETED") return {RolloutState::done, std::move(reason)};
  if (!state.empty()) return {RolloutState::in_progress, std::move(reason)};
  const auto running = aws::number_of(*ours, "runningCount"), desired = aws::number_of(*ours, "desiredCount");
  const bool is_stable = running == desired && aws::list_of(seen.service, "deployments").size() == 1;
  return {is_stable ? RolloutState::done : RolloutState::in_progress, std::move(reason)};
}

std::int64_t count(const json& object, const char* name) { return aws::number_of(object, name).value_or(0); }

}  // namespace

Verdict verdict(const RolloutTarget& target, const Observation& seen) {
  return seen.deployment ? by_status(target, seen) : by_rollout_state(target, seen);
}

const std::vector<std::string>& lifecycle_stages() {
  static const std::vector<std::string> stages = {"RECONCILE_SERVICE",
                                                  "PRE_SCALE_UP",
                                                  "SCALE_UP",
                                                  "POST_SCALE_UP",
                                                  "TEST_TRAFFIC_SHIFT",
                                                  "POST_TEST_TRAFFIC_SHIFT",
                                                  "PRE_PRODUCTION_TRAFFIC_SHIFT",
                                                  "PRODUCTION_TRAFFIC_SHIFT",
                                                  "POST_PRODUCTION_TRAFFIC_SHIFT",
                                                  "BAKE_TIME",
                                                  "CLEAN_UP"};
  return stages;
}

bool has_reached(const std::string& stage, const json& deployment) {
  const auto& stages = lifecycle_stages();
  const auto now = std::find(stages.begin(), stages.end(), aws::text_of(deployment, "lifecycleStage"));
  return now != stages.end() && std::find(stages.begin(), now + 1, stage) != now + 1;
}

RolloutProgress progress(const RolloutTarget& target, const Observation& seen) {
  RolloutProgress out;
  if (const auto* ours = deployment_called(seen.service, target.deployment_id); ours != nullptr)
    out = {.desired = count(*ours, "desiredCount"),
           .running = count(*ours, "runningCount"),
           .pending = count(*ours, "pendingCount"),
           .failed = count(*ours, "failedTasks")};
  if (!seen.deployment) return out;
  out.stage = aws::text_of(*seen.deployment, "lifecycleStage");
  const auto& breaker = aws::member_of(*seen.deployment, "deploymentCircuitBreaker");
  if (const auto status = aws::text_of(breaker, "status"); status == "MONITORING" || status == "TRIGGERED") {
    out.breaker_failures = aws::number_of(breaker, "failureCount");
    out.breaker_threshold = aws::number_of(breaker, "threshold");
  }
  return out;
}

std::string text_of(const RolloutProgress& progress) {
  auto text = cat(progress.running, " of ", count_of(static_cast<std::uint64_t>(progress.desired), "task"), " running");
  if (progress.pending > 0) text += cat(", ", progress.pending, " pending");
  if (progress.failed > 0) text += cat(", ", progress.failed, " failed");
  if (progress.breaker_failures.value_or(0) > 0 && progress.breaker_threshold)
    text += cat("; circuit breaker: ", *progress.breaker_failures, " of ", *progress.breaker_threshold, " failures");
  if (!progress.stage.empty()) text += cat("; stage ", progress.stage);
  return text;
}

}  // namespace lapstrake::app
