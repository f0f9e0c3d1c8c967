#include "ecs_deployment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 11> lifecycle = {"RECONCILE_SERVICE",
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

// A hook for each stage: each is answered on its own.
std::vector<EcsHook> hooks_of(const EcsDeployment& deployment) {
  std::vector<EcsHook> hooks;
  for (const auto& given : member_or_null(configuration_of(deployment), "lifecycleHooks"))
    for (const auto& stage : member_or_null(given, "lifecycleStages")) {
      EcsHook hook{.id = uuid(), .stage = stage};
      const auto& type = member_or_null(given, "targetType");
      hook.target_type = type.is_string() ? type : Json("AWS_LAMBDA");
      if (const auto& arn = member_or_null(given, "hookTargetArn"); arn.is_string()) hook.target_arn = arn;
      const auto& timeout = member_or_null(given, "timeoutConfiguration");
      if (const auto& action = member_or_null(timeout, "action"); action.is_string()) hook.timeout_action = action;
      if (const auto& minutes = member_or_null(timeout, "timeoutInMinutes"); minutes.is_number_integer())
        hook.timeout_minutes = std::clamp<std::int64_t>(minutes, 1, 20'160);
      hooks.push_back(std::move(hook));
    }
  return hooks;
}

// How many failed tasks are too many (DeploymentCircuitBreaker in the Amazon ECS API Reference).
std::int64_t threshold_of(const Json& breaker, std::int64_t desired) {
  const auto& configuration = member_or_null(breaker, "thresholdConfiguration");
  const auto& given = member_or_null(configuration, "value");
  const auto value = given.is_number_integer() ? std::clamp<std::int64_t>(given, 1, 1'000'000) : 50;
  const auto& type = member_or_null(configuration, "type");
  if (type == "COUNT") return value;
  const auto share = std::max<std::int64_t>(1, (desired * value + 99) / 100);
  return type == "UNBOUNDED_PERCENT" ? share : std::clamp<std::int64_t>(share, 3, 200);
}

void set_breaker(EcsDeployment& deployment) {
  const auto& breaker = member_or_null(configuration_of(deployment), "deploymentCircuitBreaker");
  deployment.breaks = member_or_null(breaker, "enable") == true;
  deployment.rolls_back = member_or_null(breaker, "rollback") == true;
  deployment.threshold = threshold_of(breaker, deployment.desired);
}

std::string new_ecs_id() { return cat("ecs-svc/", random_text(19, "123456789")); }

double percent_member(const Json& configuration, const char* part, const char* name, double usual) {
  const auto& value = member_or_null(member_or_null(configuration, part), name);
  return value.is_number() ? std::clamp(value.get<double>(), 0.1, 100.0) : usual;
}

}  // namespace

EcsDeployment new_deployment(const EcsService& service, NewDeployment wanted, const Caller& caller) {
  const auto place = service.arn.substr(service.arn.find(":service/") + 9);
  const auto prefix = cat("arn:aws:ecs:", caller.region, ":", caller.account);
  EcsDeployment deployment{
      .id = new_ecs_id(),
      .arn = cat(prefix, ":service-deployment/", place, "/", random_text(21, "abcdefghijkmnopqrstuvwxyz23456789")),
      .revision_arn = cat(prefix, ":service-revision/", place, "/", random_text(19, "123456789")),
      .definition = std::move(wanted.definition),
      .members = service.members,
      .digests = std::move(wanted.digests),
      .script = std::move(wanted.script),
      .created = caller.now,
      .updated = caller.now};
  deployment.desired = service.members.value("desiredCount", std::int64_t{1});
  deployment.hooks = hooks_of(deployment);
  set_breaker(deployment);
  if (const auto* source = rollback_candidate(service, deployment); source != nullptr)
    deployment.source_revision = source->revision_arn;
  return deployment;
}

const Json& configuration_of(const EcsDeployment& deployment) {
  return member_or_null(deployment.members, "deploymentConfiguration");
}

std::string strategy_of(const EcsDeployment& deployment) {
  const auto& strategy = member_or_null(configuration_of(deployment), "strategy");
  return strategy.is_string() ? strategy.get<std::string>() : "ROLLING";
}

bool is_staged(const EcsDeployment& deployment) {
  return !deployment.hooks.empty() || strategy_of(deployment) != "ROLLING";
}

std::string stage_after(const std::string& stage) {
  if (stage.empty()) return std::string(lifecycle[0]);
  const auto* const found = std::find(lifecycle.begin(), lifecycle.end(), stage);
  return found == lifecycle.end() || found + 1 == lifecycle.end() ? std::string() : std::string(*(found + 1));
}

double traffic_after(const EcsDeployment& deployment, int steps) {
  const auto strategy = strategy_of(deployment);
  const auto& configuration = configuration_of(deployment);
  if (strategy == "LINEAR") return steps * percent_member(configuration, "linearConfiguration", "stepPercent", 10);
  if (strategy == "CANARY" && steps == 1)
    return percent_member(configuration, "canaryConfiguration", "canaryPercent", 5);
  return 100;
}

const EcsHook* waiting_hook(const EcsDeployment& deployment) {
  for (const auto& hook : deployment.hooks)
    if (hook.status == "AWAITING_ACTION") return &hook;
  return nullptr;
}

std::vector<std::string> alarm_names(const EcsDeployment& deployment) {
  std::vector<std::string> names;
  for (const auto& name : member_or_null(member_or_null(configuration_of(deployment), "alarms"), "alarmNames"))
    names.push_back(name);
  return names.empty() ? std::vector<std::string>{"errors"} : names;
}

std::string failure_reason(const EcsDeployment& deployment) {
  if (deployment.alarmed) return "ECS deployment failed: alarm detected.";
  return deployment.breaks && deployment.failures >= deployment.threshold
             ? "ECS deployment circuit breaker: tasks failed to start."
             : deployment.reason;
}

const EcsDeployment* rollback_candidate(const EcsService& service, const EcsDeployment& failed) {
  for (std::size_t i = service.history.size(); i-- > 0;)
    if (service.history[i].status == "SUCCESSFUL" && service.history[i].id != failed.id) return &service.history[i];
  return nullptr;
}

EcsDeployment rollback_deployment(const EcsDeployment& earlier, const EcsDeployment& failed, Time now) {
  EcsDeployment back{.id = new_ecs_id(),
                     .arn = {},
                     .revision_arn = earlier.revision_arn,
                     .definition = earlier.definition,
                     .members = earlier.members,
                     .digests = earlier.digests,
                     .script = earlier.script,
                     .created = now,
                     .updated = now};
  back.desired = failed.desired;
  back.members["desiredCount"] = failed.desired;
  back.status = "IN_PROGRESS";
  back.traffic = 100;
  back.rollout_reason = cat(failed.alarmed  ? "ECS deployment alarm"
                            : failed.breaks ? "ECS deployment circuit breaker"
                                            : "ECS deployment rollback",
                            ": rolling back to deploymentId ", earlier.id, ".");
  return back;
}

}  // namespace lapstrake::sandbox
