#include "ecs_task_life.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

std::string text_in(const Json& object, const char* name) {
  const auto& value = member_or_null(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::string own_label(const Json& container, const char* name) {
  return text_in(member_or_null(container, "dockerLabels"), name);
}

void write_lines(const EcsTask& task, const Json& container, const std::string& text, LogsState& logs,
                 const std::string& region) {
  const auto& configuration = member_or_null(container, "logConfiguration");
  const auto& options = member_or_null(configuration, "options");
  const auto group = text_in(options, "awslogs-group"), prefix = text_in(options, "awslogs-stream-prefix");
  if (text_in(configuration, "logDriver") != "awslogs" || group.empty() || prefix.empty() || text.empty()) return;
  const auto stream = cat(prefix, "/", text_in(container, "name"), task.arn.substr(task.arn.rfind('/')));
  const auto at = text_in(options, "awslogs-region");
  for (const auto& line : split(text, '\n')) logs.write(at.empty() ? region : at, group, stream, line, task.runs_at);
}

}  // namespace

EcsTask& start_task(EcsRegion& region, EcsTask task, std::chrono::milliseconds step, const Caller& caller) {
  task.arn = cat("arn:aws:ecs:", caller.region, ":", caller.account, ":task",
                 task.cluster_arn.substr(task.cluster_arn.rfind('/')), "/", random_text(32, "0123456789abcdef"));
  task.created = caller.now;
  task.runs_at = caller.now + step / 2;
  region.tasks.push_back(std::move(task));
  return region.tasks.back();
}

void stop_task(EcsTask& task, EcsEnding ending, Time now) {
  if (task.has_stopped(now)) return;
  task.stops_at = now;
  task.ending = std::move(ending);
}

EcsEnding stopped_by_scheduler(const EcsTask& task, const std::string& deployment_id) {
  EcsEnding ending{.stop_code = "ServiceSchedulerInitiated",
                   .reason = cat("Scaling activity initiated by (deployment ", deployment_id, ")")};
  for (const auto& container : member_or_null(task.definition, "containerDefinitions"))
    ending.exit_codes[text_in(container, "name")] = 0;
  return ending;
}

EcsEnding scripted_ending(const Json& definition) {
  EcsEnding ending{.stop_code = "EssentialContainerExited", .reason = "Essential container in task exited"};
  for (const auto& container : member_or_null(definition, "containerDefinitions"))
    ending.exit_codes[text_in(container, "name")] =
        parse_integer(own_label(container, "lapstrake.sandbox/exit-code")).value_or(0);
  return ending;
}

void write_task_logs(EcsRegion& region, LogsState& logs, const Caller& caller) {
  for (auto& task : region.tasks) {
    if (task.has_written || caller.now < task.runs_at || task.ending.stop_code == "TaskFailedToStart") continue;
    task.has_written = true;
    const auto failing = failing_container(task.definition);
    for (const auto& container : member_or_null(task.definition, "containerDefinitions")) {
      auto text = own_label(container, "lapstrake.sandbox/log");
      if (text_in(container, "name") == failing && !task.log.empty()) text += cat(text.empty() ? "" : "\n", task.log);
      write_lines(task, container, text, logs, caller.region);
    }
  }
}

void forget_stopped_tasks(EcsRegion& region, Time now) {
  while (!region.tasks.empty() && region.tasks.front().has_stopped(now - std::chrono::hours(1)))
    region.tasks.pop_front();
  for (auto task = region.tasks.begin(); region.tasks.size() > most_ecs_items && task != region.tasks.end();)
    task = task->has_stopped(now) ? region.tasks.erase(task) : task + 1;
}

std::string failing_container(const Json& definition) {
  std::string essential;
  for (const auto& container : member_or_null(definition, "containerDefinitions")) {
    if (!own_label(container, "lapstrake.sandbox/rollout").empty()) return text_in(container, "name");
    if (essential.empty() && container.value("essential", true)) essential = text_in(container, "name");
  }
  return essential;
}

}  // namespace lapstrake::sandbox
