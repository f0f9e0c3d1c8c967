#include "ecs_state.hpp"

#include <lapstrake/sandbox/net/clock.hpp>
#include <lapstrake/sandbox/net/message.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::size_t most_service_events = 100;  // as DescribeServices

}  // namespace

std::string last_status(const EcsTask& task, Time now) {
  if (task.has_stopped(now)) return "STOPPED";
  if (now >= task.runs_at) return "RUNNING";
  return now < task.created + (task.runs_at - task.created) / 2 ? "PROVISIONING" : "PENDING";
}

bool EcsDeployment::is_active() const {
  return status == "PENDING" || status == "IN_PROGRESS" || status == "ROLLBACK_REQUESTED" ||
         status == "ROLLBACK_IN_PROGRESS";
}

void add_event(EcsService& service, std::string message, Time now) {
  service.events.push_front({{"id", uuid()}, {"createdAt", epoch_seconds(now)}, {"message", std::move(message)}});
  if (service.events.size() > most_service_events) service.events.pop_back();
}

std::map<std::string, TaskCounts> count_tasks(const EcsRegion& region, Time now) {
  std::map<std::string, TaskCounts> counts;
  for (const auto& task : region.tasks) {
    if (task.service.empty() || task.has_stopped(now)) continue;
    auto& count = counts[task.started_by];
    ++(now >= task.runs_at ? count.running : count.pending);
  }
  return counts;
}

const nlohmann::json& member_or_null(const nlohmann::json& object, const char* name) {
  static const nlohmann::json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string label_of(const nlohmann::json& definition, const char* name) {
  for (const auto& container : member_or_null(definition, "containerDefinitions"))
    if (const auto& value = member_or_null(member_or_null(container, "dockerLabels"), name); value.is_string())
      return value.get<std::string>();
  return {};
}

}  // namespace lapstrake::sandbox
