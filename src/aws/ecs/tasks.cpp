#include <algorithm>
#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr std::size_t most_per_call = 100;  // of ListTasks and DescribeTasks

std::string failure_reason(const json& reply) {
  const auto& failures = list_of(reply, "failures");
  if (failures.empty()) return "ECS gave no reason";
  const auto detail = text_of(failures[0], "detail");
  return cat(text_of(failures[0], "reason"), detail.empty() ? "" : cat(": ", detail));
}

}  // namespace

std::vector<std::string> task_arns(const Session& session, const ServiceId& id, TaskState state, std::size_t most) {
  std::vector<std::string> arns;
  json input = {{"cluster", id.cluster},
                {"serviceName", id.name},
                {"desiredStatus", state == TaskState::running ? "RUNNING" : "STOPPED"}};
  while (arns.size() < most) {
    const auto reply = call(session, Service::ecs, "ListTasks", input);
    for (const auto& arn : list_of(reply, "taskArns"))
      if (arn.is_string()) arns.push_back(arn);
    const auto next = text_of(reply, "nextToken");
    if (next.empty()) break;
    input["nextToken"] = next;
  }
  arns.resize(std::min(arns.size(), most));
  return arns;
}

std::vector<json> describe_tasks(const Session& session, const std::string& cluster,
                                 const std::vector<std::string>& arns) {
  std::vector<json> tasks;
  for (std::size_t first = 0; first < arns.size(); first += most_per_call) {
    const auto last = std::min(arns.size(), first + most_per_call);
    const std::vector<std::string> some(arns.begin() + static_cast<std::ptrdiff_t>(first),
                                        arns.begin() + static_cast<std::ptrdiff_t>(last));
    const auto reply = call(session, Service::ecs, "DescribeTasks", {{"cluster", cluster}, {"tasks", some}});
    for (const auto& task : list_of(reply, "tasks")) tasks.push_back(task);
  }
  return tasks;
}

json run_task(const Session& session, const json& request) {
  const auto reply = call(session, Service::ecs, "RunTask", request);
  const auto& tasks = list_of(reply, "tasks");
  if (tasks.empty())
    throw Error(ErrorKind::deployment, cat("ECS did not start the task `", text_of(request, "taskDefinition"), "`"))
        .because(failure_reason(reply));
  return tasks[0];
}

json describe_task(const Session& session, const std::string& cluster, const std::string& arn) {
  const auto reply = call(session, Service::ecs, "DescribeTasks", {{"cluster", cluster}, {"tasks", {arn}}});
  const auto& tasks = list_of(reply, "tasks");
  if (tasks.empty())
    throw Error(ErrorKind::deployment, cat("ECS does not know the task ", arn)).because(failure_reason(reply));
  return tasks[0];
}

std::string task_id(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

}  // namespace lapstrake::aws
