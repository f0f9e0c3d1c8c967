// The service scheduler of ECS as a state machine: a rollout takes a step at regular times after its beginning, along
// the script of its deployment. Time comes with the caller, so that tests move it.
#pragma once
#include "ecs_deployment.hpp"
#include "ecs_scripts.hpp"
#include "ecs_state.hpp"
#include "logs_state.hpp"

namespace lapstrake::sandbox {

class EcsScheduler {
 public:
  EcsScheduler(std::chrono::milliseconds step, LogsState& logs) : step_(step), logs_(logs) {}

  // Brings rollouts and tasks to the caller's time.
  void advance(EcsRegion& region, const Caller& caller) const;
  // Starts a deployment of the service; one in progress is stopped.
  void start(EcsService& service, NewDeployment wanted, const Caller& caller) const;
  // Ends a deployment in progress as failed, with or without a rollback.
  enum class Then { stop, roll_back };
  void fail(EcsRegion& region, EcsService& service, EcsDeployment& deployment, const std::string& reason, Then then,
            const Caller& caller) const;
  // Answers a hook that waits.
  void answer(EcsRegion& region, EcsService& service, EcsDeployment& deployment, EcsHook& hook, bool proceeds,
              const Caller& caller) const;
  std::chrono::milliseconds step() const { return step_; }

 private:
  struct Rollout;  // the service, its deployment and the time
  void advance_service(EcsRegion& region, EcsService& service, const Caller& caller) const;
  void step_forward(Rollout& rollout) const;
  bool waits_at_hook(Rollout& rollout) const;
  bool scale_up(Rollout& rollout) const;
  bool shift_traffic(Rollout& rollout) const;
  void enter_next_stage(Rollout& rollout) const;
  void fail_task(Rollout& rollout) const;
  void fire_alarm(Rollout& rollout) const;
  void complete(Rollout& rollout) const;
  void fail(Rollout& rollout, const std::string& reason, Then then) const;
  void begin_rollback(Rollout& rollout) const;
  void finish_rollback(Rollout& rollout) const;
  void keep_desired_count(EcsRegion& region, EcsService& service, const Caller& caller,
                          std::map<std::string, TaskCounts>& counts) const;
  EcsTask& start_one(EcsRegion& region, const EcsService& service, const EcsDeployment& deployment,
                     const Caller& caller) const;
  void start_missing(EcsRegion& region, EcsService& service, const EcsDeployment& deployment,
                     const Caller& caller) const;
  void stop_tasks(EcsRegion& region, EcsService& service, const std::function<bool(const EcsTask&)>& wanted,
                  const Caller& caller) const;

  std::chrono::milliseconds step_;
  LogsState& logs_;
};

}  // namespace lapstrake::sandbox
