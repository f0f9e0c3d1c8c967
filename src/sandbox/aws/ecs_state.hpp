// The state of ECS in the sandbox: clusters, services with their deployments, and tasks. Values and pure functions.
#pragma once
#include <deque>
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

inline constexpr std::size_t most_ecs_items = 10'000;      // tasks, services and clusters of a region
inline constexpr std::int64_t most_service_tasks = 5'000;  // Amazon ECS service quotas, "Tasks per service"
inline constexpr std::size_t most_deployments = 200;       // of a service that are kept

// How a task ends.
struct EcsEnding {
  std::string stop_code, reason;
  std::string container = {}, container_reason = {};    // the container that failed
  std::map<std::string, std::int64_t> exit_codes = {};  // by container
};

using ImageDigests = std::map<std::string, std::string>;  // by container

// The state of a task follows from its times.
struct EcsTask {
  std::string arn{}, cluster_arn, service, definition_arn, started_by, group;
  nlohmann::json definition, members;  // members: of the input of RunTask or CreateService
  ImageDigests digests{};
  Time created{}, runs_at{};
  std::optional<Time> stops_at{};
  EcsEnding ending{};
  std::string log{};         // what its containers write, unless a label says it
  bool has_written = false;  // to its log

  bool runs(Time now) const { return now >= runs_at && !has_stopped(now); }
  bool has_stopped(Time now) const { return stops_at && now >= *stops_at; }
};
// "PROVISIONING", "PENDING", "RUNNING", "STOPPED"
std::string last_status(const EcsTask& task, Time now);

// One stage of a lifecycle hook.
struct EcsHook {
  std::string id, stage, target_type = "PAUSE", target_arn = {};
  std::string status = {};  // empty: not reached
  std::string timeout_action = "ROLLBACK";
  std::int64_t timeout_minutes = 1440;
  Time expires{};
};

struct EcsDeployment {
  std::string id;                 // "ecs-svc/0123456789012345678"
  std::string arn, revision_arn;  // of the service deployment and its target; empty arn: made by a rollback
  std::string source_revision = {};
  nlohmann::json definition, members;  // members: of the service at the start
  ImageDigests digests = {};
  std::string script = {};            // lapstrake.sandbox/rollout
  Time created{}, updated{}, next{};  // next: of the next step
  std::optional<Time> finished{};
  std::int64_t desired = 0, failures = 0, threshold = 3;
  std::string status = "PENDING", reason = {}, stage = {};
  std::string rollout_state = "IN_PROGRESS", rollout_reason = {};
  std::string rollback_reason = {}, rollback_revision = {};
  Time rollback_started{};
  std::vector<EcsHook> hooks{};
  int steps = 0;                                             // in this stage
  double traffic = 0;                                        // percent of the production traffic
  bool breaks = false, rolls_back = false, alarmed = false;  // the first two: of the circuit breaker

  std::string task_definition() const { return definition.value("taskDefinitionArn", ""); }
  bool is_active() const;
};

struct EcsService {
  nlohmann::json members;  // of the input of CreateService, with later updates
  std::string arn, name, cluster_arn;
  Time created{};
  std::string status = "ACTIVE";
  std::deque<EcsDeployment> history{};  // oldest first
  std::size_t primary = 0;              // index into the history
  std::size_t current = 0;              // the newest that has an ARN
  std::deque<nlohmann::json> events{};  // newest first
};
void add_event(EcsService& service, std::string message, Time now);

struct EcsRegion {
  std::map<std::string, nlohmann::json> clusters{};  // by name: members of CreateCluster
  std::map<std::string, EcsService> services{};      // by ARN
  std::deque<EcsTask> tasks{};                       // oldest first
};

struct TaskCounts {
  std::int64_t running = 0, pending = 0;
};
// By `startedBy`: the id of a deployment.
std::map<std::string, TaskCounts> count_tasks(const EcsRegion& region, Time now);

// A member of an object; null when there is none.
const nlohmann::json& member_or_null(const nlohmann::json& object, const char* name);
// A docker label of any container of a task definition; empty: none.
std::string label_of(const nlohmann::json& definition, const char* name);

}  // namespace lapstrake::sandbox
