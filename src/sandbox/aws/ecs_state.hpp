// The state of ECS in the sandbox: clusters, services with their deployments, and tasks. A rollout follows a script
// that the task definition names with the docker label `lapstrake.sandbox/rollout` (docs/reference/sandbox.md).
#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "logs_state.hpp"

namespace lapstrake::sandbox {

inline constexpr std::size_t most_ecs_items = 10'000;  // tasks, and services, of a region; older stopped tasks go

struct EcsTask {
  std::string arn, cluster_arn, service, definition_arn, started_by, group;
  nlohmann::json definition;
  Time created{};
  std::string last_status = "RUNNING", desired_status = "RUNNING";
  std::string stop_code{}, stopped_reason{}, container_reason{};
  std::optional<std::int64_t> exit_code{};
  std::optional<Time> stops_at{};  // of a task that RunTask started
  Time stopped{};
};

struct EcsHook {
  std::string id, status;  // AWAITING_ACTION, SUCCEEDED, FAILED
  std::set<std::string> stages;
  std::string timeout_action = "ROLLBACK";
  std::int64_t timeout_minutes = 1440;
  Time expires{};
};

struct EcsDeployment {
  std::string id;                 // "ecs-svc/0123456789012345678"
  std::string arn, revision_arn;  // of the service deployment and its target; empty arn: made by a rollback
  std::string task_definition;    // ARN
  nlohmann::json definition;
  std::string source_revision{};
  Time created{}, next{};  // next: of the next step
  std::int64_t desired = 0, running = 0, pending = 0, failures = 0, threshold = 3;
  std::string status = "PENDING", reason{}, stage{};
  std::string rollout_state = "IN_PROGRESS", rollout_reason{};
  std::vector<EcsHook> hooks{};
  int steps = 0;
  bool breaks = false, rolls_back = false;  // of the circuit breaker
};

struct EcsService {
  nlohmann::json members;  // of the input of CreateService, with later updates
  std::string arn, name, cluster_arn;
  Time created{};
  std::string status = "ACTIVE";
  std::vector<EcsDeployment> history{};  // oldest first
  std::size_t primary = 0;               // index into the history
  std::size_t current = 0;               // the newest that has an ARN
  std::vector<nlohmann::json> events{};  // newest first
};

struct EcsRegion {
  std::map<std::string, std::string> clusters{};  // name -> status
  std::map<std::string, EcsService> services{};   // by ARN
  std::deque<EcsTask> tasks{};
};

// Moves what time has moved: rollouts, and tasks that end by themselves.
class EcsClockwork {
 public:
  EcsClockwork(std::chrono::milliseconds step, LogsState& logs) : step_(step), logs_(logs) {}

  void advance(EcsRegion& region, const Caller& caller) const;
  // Starts a deployment of the service; one in progress ends.
  void start(EcsRegion& region, EcsService& service, const std::string& definition_arn,
             const nlohmann::json& definition, const Caller& caller) const;
  EcsTask& add_task(EcsRegion& region, EcsTask task, const Caller& caller) const;
  void stop_task(EcsTask& task, const std::string& code, const std::string& reason, Time now) const;
  std::chrono::milliseconds step() const { return step_; }

 private:
  void step_forward(EcsRegion& region, EcsService& service, const Caller& caller) const;
  void follow_script(EcsRegion& region, EcsService& service, EcsDeployment& deployment, const Caller& caller) const;
  bool waits_at_stage(EcsDeployment& deployment, Time now) const;
  void fail_task(EcsRegion& region, EcsService& service, EcsDeployment& deployment, const Caller& caller) const;
  void break_circuit(EcsService& service, EcsDeployment& deployment, const Caller& caller) const;
  void complete(EcsRegion& region, EcsService& service, EcsDeployment& deployment, const Caller& caller) const;
  void roll_back(EcsRegion& region, EcsService& service, const Caller& caller) const;
  void run_tasks(EcsRegion& region, const EcsService& service, EcsDeployment& deployment, const Caller& caller) const;
  void stop_tasks_of(EcsRegion& region, const EcsService& service, const std::string& deployment_id, Time now) const;

  std::chrono::milliseconds step_;
  LogsState& logs_;
};

// A docker label of any container of a task definition; empty: none.
std::string label_of(const nlohmann::json& definition, const std::string& name);
void add_event(EcsService& service, std::string message, Time now);
bool is_active(const EcsDeployment& deployment);

}  // namespace lapstrake::sandbox
