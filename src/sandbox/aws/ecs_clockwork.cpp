#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "ecs_state.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr int most_steps = 100'000;
constexpr std::size_t most_service_events = 100;  // as DescribeServices

// How the tasks of a script fail (Amazon ECS Developer Guide, "Stopped tasks error codes").
struct FailingScript {
  std::string_view name, stop_code, reason, container_reason;
  std::optional<std::int64_t> exit_code;
  std::string_view log;
};

const FailingScript failing_scripts[] = {
    {"crash-loop", "EssentialContainerExited", "Essential container in task exited", "", 1,
     "Traceback (most recent call last):\nModuleNotFoundError: No module named 'redis'"},
    {"cannot-pull", "TaskFailedToStart",
     "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: not found", "",
     std::nullopt, ""},
    {"out-of-memory", "EssentialContainerExited", "Essential container in task exited",
     "OutOfMemoryError: Container killed due to memory usage", 137, ""},
    {"exec-format", "EssentialContainerExited", "Essential container in task exited", "", 1,
     "exec /usr/local/bin/app: exec format error"},
};

const FailingScript* failing(const std::string& script) {
  for (const auto& known : failing_scripts)
    if (known.name == script) return &known;
  return nullptr;
}

const std::vector<std::string>& stages() {
  static const std::vector<std::string> all = {"RECONCILE_SERVICE",
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
  return all;
}

const Json& member(const Json& object, const char* name) {
  static const Json none;
  return object.is_object() && object.contains(name) ? object[name] : none;
}

bool has_stages(const EcsService& service, const EcsDeployment& deployment) {
  const auto& strategy = member(member(service.members, "deploymentConfiguration"), "strategy");
  return !deployment.hooks.empty() || (strategy.is_string() && strategy != "ROLLING");
}

std::vector<EcsHook> hooks_of(const EcsService& service) {
  std::vector<EcsHook> hooks;
  for (const auto& given : member(member(service.members, "deploymentConfiguration"), "lifecycleHooks")) {
    if (member(given, "targetType") != "PAUSE") continue;
    EcsHook hook{.id = uuid(), .status = "", .stages = {}};
    for (const auto& stage : member(given, "lifecycleStages")) hook.stages.insert(stage.get<std::string>());
    const auto& timeout = member(given, "timeoutConfiguration");
    if (member(timeout, "action").is_string()) hook.timeout_action = timeout["action"];
    if (member(timeout, "timeoutInMinutes").is_number()) hook.timeout_minutes = timeout["timeoutInMinutes"];
    hooks.push_back(std::move(hook));
  }
  return hooks;
}

void set_breaker(const EcsService& service, EcsDeployment& deployment) {
  const auto& breaker = member(member(service.members, "deploymentConfiguration"), "deploymentCircuitBreaker");
  deployment.breaks = member(breaker, "enable") == true;
  deployment.rolls_back = member(breaker, "rollback") == true;
  deployment.threshold = std::clamp<std::int64_t>((deployment.desired + 1) / 2, 3, 200);
  const auto& threshold = member(breaker, "thresholdConfiguration");
  if (member(threshold, "type") == "COUNT" && member(threshold, "value").is_number())
    deployment.threshold = threshold["value"];
}

std::string ecs_id() { return cat("ecs-svc/", random_text(19, "123456789")); }

}  // namespace

std::string label_of(const Json& definition, const std::string& name) {
  for (const auto& container : member(definition, "containerDefinitions"))
    if (const auto& value = member(member(container, "dockerLabels"), name.c_str()); value.is_string()) return value;
  return {};
}

void add_event(EcsService& service, std::string message, Time now) {
  const Json event = {{"id", uuid()}, {"createdAt", epoch_seconds(now)}, {"message", std::move(message)}};
  service.events.insert(service.events.begin(), event);
  if (service.events.size() > most_service_events) service.events.pop_back();
}

bool is_active(const EcsDeployment& deployment) {
  return deployment.status == "PENDING" || deployment.status == "IN_PROGRESS" ||
         deployment.status == "ROLLBACK_REQUESTED" || deployment.status == "ROLLBACK_IN_PROGRESS";
}

EcsTask& EcsClockwork::add_task(EcsRegion& region, EcsTask task, const Caller& caller) const {
  task.arn = cat("arn:aws:ecs:", caller.region, ":", caller.account, ":task",
                 task.cluster_arn.substr(task.cluster_arn.rfind('/')), "/", random_text(32, "0123456789abcdef"));
  task.created = caller.now;
  region.tasks.push_back(std::move(task));
  const auto& last = region.tasks.back();
  if (const auto text = label_of(last.definition, "lapstrake.sandbox/log"); !text.empty())
    for (const auto& container : member(last.definition, "containerDefinitions")) {
      const auto& options = member(member(container, "logConfiguration"), "options");
      if (!member(options, "awslogs-group").is_string() || !member(options, "awslogs-stream-prefix").is_string())
        continue;
      const auto stream = cat(options["awslogs-stream-prefix"].get<std::string>(), "/",
                              container["name"].get<std::string>(), last.arn.substr(last.arn.rfind('/')));
      for (const auto& line : split(text, '\n'))
        logs_.write(caller.region, options["awslogs-group"], stream, line, caller.now);
    }
  while (region.tasks.size() > most_ecs_items) region.tasks.pop_front();
  return region.tasks.back();
}

void EcsClockwork::stop_task(EcsTask& task, const std::string& code, const std::string& reason, Time now) const {
  if (task.last_status == "STOPPED") return;
  task.last_status = task.desired_status = "STOPPED";
  task.stop_code = code;
  task.stopped_reason = reason;
  task.stopped = now;
}

void EcsClockwork::advance(EcsRegion& region, const Caller& caller) const {
  for (auto& entry : region.services) {
    auto& service = entry.second;
    for (int i = 0; i < most_steps && !service.history.empty(); ++i) {
      auto& deployment = service.history[service.current];
      if (!is_active(deployment) || deployment.next > caller.now) break;
      Caller then = caller;
      then.now = deployment.next;
      deployment.next += step_;
      step_forward(region, service, then);
    }
  }
  for (auto& task : region.tasks)
    if (task.stops_at && task.last_status != "STOPPED") {
      if (caller.now >= *task.stops_at) {
        const auto code = parse_integer(label_of(task.definition, "lapstrake.sandbox/exit-code")).value_or(0);
        task.exit_code = code;
        stop_task(task, "EssentialContainerExited", "Essential container in task exited", *task.stops_at);
      } else if (caller.now >= *task.stops_at - step_) {
        task.last_status = "RUNNING";
      }
    }
}

void EcsClockwork::start(EcsRegion& region, EcsService& service, const std::string& definition_arn,
                         const Json& definition, const Caller& caller) const {
  EcsDeployment deployment{
      .id = ecs_id(), .arn = {}, .revision_arn = {}, .task_definition = definition_arn, .definition = definition};
  const auto place = service.arn.substr(service.arn.find(":service/") + 9);
  const auto prefix = cat("arn:aws:ecs:", caller.region, ":", caller.account);
  deployment.arn =
      cat(prefix, ":service-deployment/", place, "/", random_text(21, "abcdefghijkmnopqrstuvwxyz23456789"));
  deployment.revision_arn = cat(prefix, ":service-revision/", place, "/", random_text(19, "123456789"));
  deployment.created = caller.now;
  deployment.next = caller.now + step_;
  deployment.desired = service.members.value("desiredCount", std::int64_t{1});
  deployment.pending = deployment.desired;
  deployment.hooks = hooks_of(service);
  set_breaker(service, deployment);
  if (!service.history.empty()) {
    auto& old = service.history[service.current];
    if (is_active(old)) {
      old.status = "STOPPED";
      old.reason = "Replaced by a new service deployment.";
      old.rollout_state = "FAILED";
    }
    deployment.source_revision = service.history[service.primary].revision_arn;
  }
  service.history.push_back(std::move(deployment));
  service.primary = service.current = service.history.size() - 1;
  (void)region;
}

void EcsClockwork::step_forward(EcsRegion& region, EcsService& service, const Caller& caller) const {
  auto& deployment = service.history[service.current];
  ++deployment.steps;
  if (deployment.status == "ROLLBACK_REQUESTED") {
    deployment.status = "ROLLBACK_IN_PROGRESS";
    return;
  }
  if (deployment.status == "ROLLBACK_IN_PROGRESS") return roll_back(region, service, caller);
  deployment.status = "IN_PROGRESS";
  if (waits_at_stage(deployment, caller.now)) return;
  if (has_stages(service, deployment)) {
    const auto now = std::find(stages().begin(), stages().end(), deployment.stage);
    const auto next = deployment.stage.empty() ? stages().begin() : now + 1;
    if (next == stages().end()) return complete(region, service, deployment, caller);
    deployment.stage = *next;
    if (deployment.stage == "SCALE_UP") run_tasks(region, service, deployment, caller);
    (void)waits_at_stage(deployment, caller.now);
    return;
  }
  follow_script(region, service, deployment, caller);
}

bool EcsClockwork::waits_at_stage(EcsDeployment& deployment, Time now) const {
  for (auto& hook : deployment.hooks) {
    if (!hook.stages.contains(deployment.stage)) continue;
    if (hook.status.empty()) {
      hook.status = "AWAITING_ACTION";
      hook.expires = now + std::chrono::minutes(hook.timeout_minutes);
    }
    if (hook.status == "AWAITING_ACTION") return true;
  }
  return false;
}

void EcsClockwork::follow_script(EcsRegion& region, EcsService& service, EcsDeployment& deployment,
                                 const Caller& caller) const {
  const auto script = label_of(deployment.definition, "lapstrake.sandbox/rollout");
  if (failing(script) != nullptr) return fail_task(region, service, deployment, caller);
  if (script == "never-stable") return;
  const int start = script == "slow" ? 20 : 1;
  if (deployment.steps == start) run_tasks(region, service, deployment, caller);
  if (script == "alarm" && deployment.steps == start + 1) {
    deployment.status = "ROLLBACK_IN_PROGRESS";
    deployment.reason = "Service deployment rolled back because of CloudWatch alarm(s): errors.";
    return;
  }
  if (deployment.steps > start && script != "alarm") complete(region, service, deployment, caller);
}

void EcsClockwork::run_tasks(EcsRegion& region, const EcsService& service, EcsDeployment& deployment,
                             const Caller& caller) const {
  for (std::int64_t i = 0; i < std::min<std::int64_t>(deployment.desired, 100); ++i)
    add_task(region,
             {.arn = {},
              .cluster_arn = service.cluster_arn,
              .service = service.name,
              .definition_arn = deployment.task_definition,
              .started_by = deployment.id,
              .group = cat("service:", service.name),
              .definition = deployment.definition},
             caller);
  deployment.running = deployment.desired;
  deployment.pending = 0;
}

void EcsClockwork::fail_task(EcsRegion& region, EcsService& service, EcsDeployment& deployment,
                             const Caller& caller) const {
  const auto& script = *failing(label_of(deployment.definition, "lapstrake.sandbox/rollout"));
  auto& task = add_task(region,
                        {.arn = {},
                         .cluster_arn = service.cluster_arn,
                         .service = service.name,
                         .definition_arn = deployment.task_definition,
                         .started_by = deployment.id,
                         .group = cat("service:", service.name),
                         .definition = deployment.definition},
                        caller);
  task.container_reason = script.container_reason;
  task.exit_code = script.exit_code;
  stop_task(task, std::string(script.stop_code), std::string(script.reason), caller.now);
  if (!script.log.empty())
    for (const auto& container : member(task.definition, "containerDefinitions")) {
      const auto& options = member(member(container, "logConfiguration"), "options");
      if (!member(options, "awslogs-stream-prefix").is_string()) continue;
      const auto stream = cat(options["awslogs-stream-prefix"].get<std::string>(), "/",
                              container["name"].get<std::string>(), task.arn.substr(task.arn.rfind('/')));
      for (const auto& line : split(std::string(script.log), '\n'))
        logs_.write(caller.region, options["awslogs-group"], stream, line, caller.now);
    }
  ++deployment.failures;
  add_event(
      service,
      cat("(service ", service.name, ") has started 1 tasks: (task ", task.arn.substr(task.arn.rfind('/') + 1), ")."),
      caller.now);
  if (deployment.breaks && deployment.failures >= deployment.threshold) break_circuit(service, deployment, caller);
}

void EcsClockwork::break_circuit(EcsService& service, EcsDeployment& deployment, const Caller& caller) const {
  deployment.rollout_state = "FAILED";
  deployment.rollout_reason = "ECS deployment circuit breaker: tasks failed to start.";
  deployment.reason = "Service deployment rolled back because the circuit breaker threshold was exceeded.";
  add_event(
      service,
      cat("(service ", service.name, ") (deployment ", deployment.id, ") deployment failed: tasks failed to start."),
      caller.now);
  const bool has_earlier = service.history.size() > 1;
  deployment.status = deployment.rolls_back && has_earlier ? "ROLLBACK_IN_PROGRESS" : "STOPPED";
  if (deployment.status == "STOPPED")
    deployment.reason = "Service deployment failed because the circuit breaker threshold was exceeded.";
  deployment.pending = 0;
}

void EcsClockwork::complete(EcsRegion& region, EcsService& service, EcsDeployment& deployment,
                            const Caller& caller) const {
  deployment.status = "SUCCESSFUL";
  deployment.rollout_state = "COMPLETED";
  deployment.rollout_reason = cat("ECS deployment ", deployment.id, " completed.");
  for (auto& other : service.history)
    if (&other != &deployment) other.running = other.pending = 0;
  for (auto& task : region.tasks)
    if (task.service == service.name && task.cluster_arn == service.cluster_arn && task.started_by != deployment.id)
      stop_task(task, "ServiceSchedulerInitiated",
                cat("Scaling activity initiated by (deployment ", task.started_by, ")"), caller.now);
  add_event(service, cat("(service ", service.name, ") (deployment ", deployment.id, ") deployment completed."),
            caller.now);
  add_event(service, cat("(service ", service.name, ") has reached a steady state."), caller.now);
}

void EcsClockwork::stop_tasks_of(EcsRegion& region, const EcsService& service, const std::string& deployment_id,
                                 Time now) const {
  for (auto& task : region.tasks)
    if (task.service == service.name && task.cluster_arn == service.cluster_arn && task.started_by == deployment_id)
      stop_task(task, "ServiceSchedulerInitiated",
                cat("Scaling activity initiated by (deployment ", deployment_id, ")"), now);
}

// The earlier revision gets a deployment of its own; the service deployment stays the one that failed.
void EcsClockwork::roll_back(EcsRegion& region, EcsService& service, const Caller& caller) const {
  auto& failed = service.history[service.current];
  const auto earlier = std::find_if(service.history.rbegin(), service.history.rend(), [&](const auto& deployment) {
    return deployment.status == "SUCCESSFUL" && deployment.revision_arn == failed.source_revision;
  });
  if (earlier == service.history.rend()) {
    failed.status = "ROLLBACK_FAILED";
    failed.reason = "No rollback candidate was found to run the rollback.";
    return;
  }
  failed.status = "ROLLBACK_SUCCESSFUL";
  failed.rollout_state = "FAILED";
  failed.running = failed.pending = 0;
  stop_tasks_of(region, service, failed.id, caller.now);
  EcsDeployment back{.id = ecs_id(),
                     .arn = {},
                     .revision_arn = earlier->revision_arn,
                     .task_definition = earlier->task_definition,
                     .definition = earlier->definition};
  back.created = caller.now;
  back.desired = back.running = failed.desired;
  back.status = "SUCCESSFUL";
  back.rollout_state = "COMPLETED";
  earlier->running = 0;
  back.rollout_reason = cat("ECS deployment circuit breaker: rolling back to deploymentId ", earlier->id, ".");
  for (auto& task : region.tasks)
    if (task.started_by == earlier->id && task.last_status != "STOPPED") task.started_by = back.id;
  service.members["taskDefinition"] = back.task_definition;
  add_event(service, cat("(service ", service.name, ") rolling back to deployment ", back.id, "."), caller.now);
  service.history.push_back(std::move(back));
  service.primary = service.history.size() - 1;
}

}  // namespace lapstrake::sandbox
