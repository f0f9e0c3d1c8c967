#include "ecs_rollout.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "ecs_deployment.hpp"
#include "ecs_task_life.hpp"

namespace lapstrake::sandbox {
namespace {

constexpr int most_steps = 100'000;  // of one call

bool is_of(const EcsTask& task, const EcsService& service) {
  return task.service == service.name && task.cluster_arn == service.cluster_arn;
}

// "(task a) (task b)"
std::string task_names(const std::vector<const EcsTask*>& tasks) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(tasks.size(), 10); ++i)
    text += cat(i == 0 ? "" : " ", "(task ", tasks[i]->arn.substr(tasks[i]->arn.rfind('/') + 1), ")");
  return text;
}

}  // namespace

struct EcsScheduler::Rollout {
  EcsRegion& region;
  EcsService& service;
  EcsDeployment& deployment;
  const Caller& caller;

  void say(const std::string& message) const {
    add_event(service, cat("(service ", service.name, ") ", message), caller.now);
  }
};

void EcsScheduler::advance(EcsRegion& region, const Caller& caller) const {
  for (auto& entry : region.services) advance_service(region, entry.second, caller);
  auto counts = count_tasks(region, caller.now);
  for (auto& entry : region.services) keep_desired_count(region, entry.second, caller, counts);
  write_task_logs(region, logs_, caller);
  forget_stopped_tasks(region, caller.now);
}

void EcsScheduler::advance_service(EcsRegion& region, EcsService& service, const Caller& caller) const {
  if (service.history.empty() || service.status != "ACTIVE") return;
  auto& deployment = service.history[service.current];
  for (int i = 0; i < most_steps && deployment.is_active() && deployment.next <= caller.now; ++i) {
    Caller then = caller;
    then.now = deployment.next;
    deployment.next += step_;
    const auto index = service.current;
    Rollout rollout{region, service, service.history[index], then};
    step_forward(rollout);
    // Nothing moves while a hook waits.
    if (const auto* hook = waiting_hook(service.history[index]); hook != nullptr)
      service.history[index].next = std::max(service.history[index].next, std::min(hook->expires, caller.now));
  }
}

void EcsScheduler::start(EcsService& service, NewDeployment wanted, const Caller& caller) const {
  for (auto& old : service.history)
    if (old.is_active()) {
      old.status = "STOPPED";
      old.reason = "Replaced by a new service deployment.";
      old.rollout_state = "FAILED";
      old.finished = old.updated = caller.now;
    }
  while (service.history.size() >= most_deployments && service.primary > 0 && service.current > 0) {
    service.history.pop_front();
    --service.primary;
    --service.current;
  }
  auto deployment = new_deployment(service, std::move(wanted), caller);
  deployment.next = caller.now + step_;
  service.history.push_back(std::move(deployment));
  service.primary = service.current = service.history.size() - 1;
}

void EcsScheduler::step_forward(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  deployment.updated = rollout.caller.now;
  if (deployment.status == "ROLLBACK_REQUESTED") return begin_rollback(rollout);
  if (deployment.status == "ROLLBACK_IN_PROGRESS") return finish_rollback(rollout);
  deployment.status = "IN_PROGRESS";
  if (waits_at_hook(rollout)) return;
  ++deployment.steps;
  const auto& script = rollout_script(deployment.script);
  const bool has_stages = is_staged(deployment);
  if ((!has_stages || deployment.stage == "SCALE_UP") && !scale_up(rollout)) return;
  if (script.alarm && (!has_stages || deployment.stage == "BAKE_TIME")) return fire_alarm(rollout);
  if (!has_stages) return complete(rollout);
  if (deployment.stage == "PRODUCTION_TRAFFIC_SHIFT" && !shift_traffic(rollout)) return;
  enter_next_stage(rollout);
}

void EcsScheduler::enter_next_stage(Rollout& rollout) const {
  const auto next = stage_after(rollout.deployment.stage);
  if (next.empty()) return complete(rollout);
  rollout.deployment.stage = next;
  rollout.deployment.steps = 0;
  (void)waits_at_hook(rollout);
}

bool EcsScheduler::waits_at_hook(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  for (auto& hook : deployment.hooks) {
    if (hook.stage != deployment.stage) continue;
    if (hook.status.empty()) {
      hook.status = hook.target_type == "PAUSE" ? "AWAITING_ACTION" : "IN_PROGRESS";
      hook.expires = rollout.caller.now + std::chrono::minutes(hook.timeout_minutes);
      return true;
    }
    if (hook.status == "IN_PROGRESS") hook.status = "SUCCEEDED";  // a Lambda function takes one step
    if (hook.status != "AWAITING_ACTION") continue;
    if (rollout.caller.now < hook.expires) return true;
    hook.status = "TIMED_OUT";
    if (hook.timeout_action != "ROLLBACK") continue;
    fail(rollout, "Service deployment rolled back because a lifecycle hook timed out.", Then::roll_back);
    return true;
  }
  return false;
}

// Whether all its tasks run.
bool EcsScheduler::scale_up(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  const auto& script = rollout_script(deployment.script);
  if (script.failure != nullptr && deployment.desired > 0) {
    fail_task(rollout);
    return false;
  }
  if (deployment.steps < script.start) return false;
  start_missing(rollout.region, rollout.service, deployment, rollout.caller);
  const auto counts = count_tasks(rollout.region, rollout.caller.now);
  const auto found = counts.find(deployment.id);
  return (found == counts.end() ? 0 : found->second.running) >= deployment.desired;
}

bool EcsScheduler::shift_traffic(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  deployment.traffic = std::min(100.0, traffic_after(deployment, deployment.steps));
  return deployment.traffic >= 100.0;
}

// One task fails in each step.
void EcsScheduler::fail_task(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  if (deployment.steps > 1) ++deployment.failures;
  if (deployment.breaks && deployment.failures >= deployment.threshold) {
    rollout.say(cat("(deployment ", deployment.id, ") deployment failed: tasks failed to start."));
    return fail(rollout,
                deployment.rolls_back
                    ? "Service deployment rolled back because the circuit breaker threshold was exceeded."
                    : "Service deployment failed because the circuit breaker threshold was exceeded.",
                deployment.rolls_back ? Then::roll_back : Then::stop);
  }
  const auto& failure = *rollout_script(deployment.script).failure;
  auto& task = start_one(rollout.region, rollout.service, deployment, rollout.caller);
  rollout.say(cat("has started 1 tasks: ", task_names({&task}), "."));
  task.stops_at = task.created + step_ * 3 / 4;
  task.ending = {.stop_code = std::string(failure.stop_code),
                 .reason = std::string(failure.reason),
                 .container = failing_container(deployment.definition),
                 .container_reason = std::string(failure.container_reason)};
  task.log = failure.log;
  if (!failure.exit_code) {
    task.runs_at = *task.stops_at;
    task.ending.container_reason = task.ending.reason;
    return;
  }
  task.ending.exit_codes = stopped_by_scheduler(task, deployment.id).exit_codes;
  task.ending.exit_codes[task.ending.container] = *failure.exit_code;
}

void EcsScheduler::fire_alarm(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  const auto& alarms = member_or_null(configuration_of(deployment), "alarms");
  const bool stays = member_or_null(alarms, "rollback") == false;
  deployment.alarmed = true;
  rollout.say(cat("(deployment ", deployment.id, ") deployment failed: alarm detected."));
  fail(rollout,
       cat("Service deployment ", stays ? "failed" : "rolled back",
           " because of CloudWatch alarm(s): ", join(alarm_names(deployment), ", "), "."),
       stays ? Then::stop : Then::roll_back);
}

void EcsScheduler::complete(Rollout& rollout) const {
  auto& deployment = rollout.deployment;
  deployment.status = "SUCCESSFUL";
  deployment.traffic = 100;
  deployment.finished = rollout.caller.now;
  deployment.rollout_state = "COMPLETED";
  deployment.rollout_reason = cat("ECS deployment ", deployment.id, " completed.");
  stop_tasks(
      rollout.region, rollout.service, [&](const EcsTask& task) { return task.started_by != deployment.id; },
      rollout.caller);
  rollout.say(cat("(deployment ", deployment.id, ") deployment completed."));
  rollout.say("has reached a steady state.");
}

void EcsScheduler::fail(EcsRegion& region, EcsService& service, EcsDeployment& deployment, const std::string& reason,
                        Then then, const Caller& caller) const {
  Rollout rollout{region, service, deployment, caller};
  fail(rollout, reason, then);
}

void EcsScheduler::fail(Rollout& rollout, const std::string& reason, Then then) const {
  auto& deployment = rollout.deployment;
  deployment.reason = reason;
  deployment.updated = rollout.caller.now;
  deployment.rollout_state = "FAILED";
  deployment.rollout_reason = failure_reason(deployment);
  if (then == Then::roll_back) return begin_rollback(rollout);
  deployment.status = "STOPPED";
  deployment.finished = rollout.caller.now;
  stop_tasks(
      rollout.region, rollout.service, [&](const EcsTask& task) { return task.started_by == deployment.id; },
      rollout.caller);
}

// The last completed revision gets a deployment of its own; the service deployment stays the one that failed.
void EcsScheduler::begin_rollback(Rollout& rollout) const {
  auto& failed = rollout.deployment;
  failed.rollout_state = "FAILED";
  failed.rollback_started = rollout.caller.now;
  failed.rollback_reason = failed.reason;
  const auto* earlier = rollback_candidate(rollout.service, failed);
  if (earlier == nullptr) {
    failed.status = "ROLLBACK_FAILED";
    failed.reason += " No rollback candidate was found to run the rollback.";
    failed.finished = rollout.caller.now;
    return;
  }
  failed.status = "ROLLBACK_IN_PROGRESS";
  failed.rollback_revision = earlier->revision_arn;
  auto back = rollback_deployment(*earlier, failed, rollout.caller.now);
  for (auto& task : rollout.region.tasks)
    if (task.started_by == earlier->id && !task.has_stopped(rollout.caller.now)) task.started_by = back.id;
  rollout.service.members = back.members;
  rollout.say(cat("rolling back to deployment ", back.id, "."));
  rollout.service.history.push_back(std::move(back));  // a deque: `failed` stays where it is
  rollout.service.primary = rollout.service.history.size() - 1;
  start_missing(rollout.region, rollout.service, rollout.service.history.back(), rollout.caller);
}

void EcsScheduler::finish_rollback(Rollout& rollout) const {
  auto& failed = rollout.deployment;
  auto& back = rollout.service.history[rollout.service.primary];
  failed.status = "ROLLBACK_SUCCESSFUL";
  failed.traffic = 0;
  failed.finished = rollout.caller.now;
  back.status = "SUCCESSFUL";
  back.rollout_state = "COMPLETED";
  stop_tasks(
      rollout.region, rollout.service, [&](const EcsTask& task) { return task.started_by != back.id; }, rollout.caller);
  rollout.say("has reached a steady state.");
}

void EcsScheduler::answer(EcsRegion& region, EcsService& service, EcsDeployment& deployment, EcsHook& hook,
                          bool proceeds, const Caller& caller) const {
  hook.status = proceeds ? "SUCCEEDED" : "FAILED";
  deployment.next = caller.now + step_;
  if (!proceeds)
    fail(region, service, deployment, "Service deployment rolled back because of a lifecycle hook.", Then::roll_back,
         caller);
}

// Replaces tasks that stopped, and follows a changed desired count.
void EcsScheduler::keep_desired_count(EcsRegion& region, EcsService& service, const Caller& caller,
                                      std::map<std::string, TaskCounts>& counts) const {
  if (service.history.empty() || service.status != "ACTIVE") return;
  auto& deployment = service.history[service.primary];
  if (deployment.rollout_state != "COMPLETED") return;
  const auto& count = counts[deployment.id];
  auto surplus = count.running + count.pending - deployment.desired;
  if (surplus < 0) start_missing(region, service, deployment, caller);
  if (surplus > 0)
    stop_tasks(
        region, service, [&](const EcsTask& task) { return task.started_by == deployment.id && surplus-- > 0; },
        caller);
}

EcsTask& EcsScheduler::start_one(EcsRegion& region, const EcsService& service, const EcsDeployment& deployment,
                                 const Caller& caller) const {
  auto& task = start_task(region,
                          {.cluster_arn = service.cluster_arn,
                           .service = service.name,
                           .definition_arn = deployment.task_definition(),
                           .started_by = deployment.id,
                           .group = cat("service:", service.name),
                           .definition = deployment.definition,
                           .members = deployment.members,
                           .digests = deployment.digests},
                          step_, caller);
  if (rollout_script(deployment.script).never_runs) task.runs_at = Time::max();
  return task;
}

void EcsScheduler::start_missing(EcsRegion& region, EcsService& service, const EcsDeployment& deployment,
                                 const Caller& caller) const {
  const auto counts = count_tasks(region, caller.now);
  const auto found = counts.find(deployment.id);
  auto missing = deployment.desired - (found == counts.end() ? 0 : found->second.running + found->second.pending);
  std::vector<const EcsTask*> started;
  for (; missing > 0 && region.tasks.size() < most_ecs_items; --missing)
    started.push_back(&start_one(region, service, deployment, caller));
  if (started.empty()) return;
  add_event(service,
            cat("(service ", service.name, ") has started ", started.size(), " tasks: ", task_names(started), "."),
            caller.now);
}

void EcsScheduler::stop_tasks(EcsRegion& region, EcsService& service, const std::function<bool(const EcsTask&)>& wanted,
                              const Caller& caller) const {
  std::vector<const EcsTask*> stopped;
  for (auto& task : region.tasks) {
    if (!is_of(task, service) || task.has_stopped(caller.now) || !wanted(task)) continue;
    stop_task(task, stopped_by_scheduler(task, task.started_by), caller.now);
    stopped.push_back(&task);
  }
  if (stopped.empty()) return;
  add_event(
      service,
      cat("(service ", service.name, ") has stopped ", stopped.size(), " running tasks: ", task_names(stopped), "."),
      caller.now);
}

}  // namespace lapstrake::sandbox
