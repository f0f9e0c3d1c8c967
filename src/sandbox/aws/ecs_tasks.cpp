#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "ecs_services.hpp"
#include "ecs_shown.hpp"
#include "ecs_task_life.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

EcsTask* task_called(EcsRegion& region, const std::string& cluster, const std::string& name) {
  const auto found = std::find_if(region.tasks.begin(), region.tasks.end(), [&](const auto& task) {
    return task.cluster_arn == cluster && last_part(task.arn) == last_part(name);
  });
  return found == region.tasks.end() ? nullptr : &*found;
}

// Overrides of a container that the task lacks are an error.
void check_overrides(const Json& input, const Json& definition) {
  for (const auto& override : member_or_null(member_or_null(input, "overrides"), "containerOverrides")) {
    const auto name = text_member(override, "name");
    const auto& containers = member_or_null(definition, "containerDefinitions");
    if (std::none_of(containers.begin(), containers.end(),
                     [&](const auto& container) { return container.value("name", "") == name; }))
      refuse_parameter(cat("Override for container named ", name, " is not a container in the TaskDefinition."));
  }
}

}  // namespace

Json EcsServices::list_tasks(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_arn(cluster_name(region, input), caller);
  const auto service = last_part(text_member(input, "serviceName")), family = text_member(input, "family");
  const auto status = text_member(input, "desiredStatus"), starter = text_member(input, "startedBy");
  if (!service.empty() && !region.services.contains(service_arn(region, input, service, caller)))
    throw ApiFailure{"ServiceNotFoundException", "Service not found."};
  std::vector<Json> arns;
  for (const auto& task : region.tasks) {
    const bool is_asked = task.has_stopped(caller.now) == (status == "STOPPED") && status != "PENDING";
    if (task.cluster_arn != cluster || !is_asked) continue;
    if (!service.empty() && task.service != service) continue;
    if (!starter.empty() && task.started_by != starter) continue;
    if (!family.empty() && !last_part(task.definition_arn).starts_with(family + ":")) continue;
    arns.emplace_back(task.arn);
  }
  return page(input, "taskArns", std::move(arns), 100, 100);
}

Json EcsServices::describe_tasks(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_arn(cluster_name(region, input), caller);
  const auto wanted = texts_member(input, "tasks");
  if (wanted.empty()) refuse_parameter("Tasks cannot be empty.");
  if (wanted.size() > 100) refuse_parameter("Tasks can have at most 100 elements.");
  Json tasks = Json::array(), failures = Json::array();
  for (const auto& name : wanted)
    if (const auto* task = task_called(region, cluster, name); task != nullptr)
      tasks.push_back(shown_task(*task, caller.now, asks_for_tags(input)));
    else
      failures.push_back(missing_item(name));
  return {{"tasks", tasks}, {"failures", failures}};
}

Json EcsServices::run_task(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_arn(cluster_name(region, input), caller);
  const auto definition = find_definition_(text_member(input, "taskDefinition"), caller);
  check_network(input, definition, caller);
  check_overrides(input, definition);
  const auto count = count_member(input, "count", 1, 10);
  if (count == 0) refuse_parameter("count must be from 1 to 10.");
  if (region.tasks.size() + static_cast<std::size_t>(count) > most_ecs_items)
    return {{"tasks", Json::array()}, {"failures", {{{"reason", "Capacity is unavailable at this time."}}}}};
  const auto group = text_member(input, "group");
  Json tasks = Json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    auto& task = start_task(region,
                            {.cluster_arn = cluster,
                             .service = {},
                             .definition_arn = definition["taskDefinitionArn"],
                             .started_by = text_member(input, "startedBy"),
                             .group = group.empty() ? cat("family:", definition.value("family", "")) : group,
                             .definition = definition,
                             .members = input,
                             .digests = digests_of(definition)},
                            scheduler_.step() * 2, caller);
    task.stops_at = caller.now + 2 * scheduler_.step();
    task.ending = scripted_ending(definition);
    tasks.push_back(shown_task(task, caller.now));
  }
  return {{"tasks", tasks}, {"failures", Json::array()}};
}

Json EcsServices::stop_task(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto cluster = cluster_arn(cluster_name(region, input), caller);
  auto* task = task_called(region, cluster, text_member(input, "task"));
  if (task == nullptr) refuse_parameter("The referenced task was not found.");
  const auto reason = text_member(input, "reason");
  auto ending = stopped_by_scheduler(*task, task->started_by);
  ending.stop_code = "UserInitiated";
  ending.reason = reason.empty() ? "Task stopped by user" : reason;
  sandbox::stop_task(*task, std::move(ending), caller.now);
  return {{"task", shown_task(*task, caller.now)}};
}

}  // namespace lapstrake::sandbox
