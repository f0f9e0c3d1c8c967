#include "failed_tasks.hpp"

#include <algorithm>
#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>

namespace lapstrake::app {
namespace {

constexpr std::size_t most_stopped = 200;  // ECS keeps stopped tasks for an hour
constexpr std::size_t most_log_lines = 15;

// Of our deployment: the revision decides, and the deployment where ECS says which one started the task.
bool is_ours(const nlohmann::json& task, const RolloutTarget& target) {
  const auto starter = aws::text_of(task, "startedBy");
  return aws::text_of(task, "taskDefinitionArn") == target.task_definition &&
         (starter.empty() || target.deployment_id.empty() || starter == target.deployment_id);
}

}  // namespace

std::vector<TaskFailure> FailedTasks::look() {
  std::vector<std::string> arns;
  for (const auto& arn : aws::task_arns(session_, rollout_.id, aws::TaskState::stopped, most_stopped))
    if (!known_.contains(arn)) arns.push_back(arn);
  std::vector<TaskFailure> found;
  for (const auto& task : aws::describe_tasks(session_, rollout_.id.cluster, arns)) {
    if (aws::text_of(task, "lastStatus") != "STOPPED") continue;  // it is still stopping
    known_.insert(aws::text_of(task, "taskArn"));
    if (!is_ours(task, rollout_.target)) continue;
    if (auto failure = failure_of_task(task)) {
      auto& kind = kinds_[kind_of(*failure)];
      ++kind.count;
      kind.last = *failure;
      found.push_back(*std::move(failure));
    }
  }
  return found;
}

std::size_t FailedTasks::count(const TaskFailure& failure) const {
  const auto kind = kinds_.find(kind_of(failure));
  return kind == kinds_.end() ? 0 : kind->second.count;
}

std::optional<TaskFailure> FailedTasks::most_frequent() const {
  const auto most = std::max_element(kinds_.begin(), kinds_.end(),
                                     [](const auto& a, const auto& b) { return a.second.count < b.second.count; });
  return most == kinds_.end() ? std::nullopt : std::optional(most->second.last);
}

std::vector<LogLine> FailedTasks::log_of(const TaskFailure& failure) const {
  const auto stream = log_stream(rollout_.task_definition, failure.container, failure.task);
  if (!stream) return {};
  try {
    return last_lines(session_, *stream, most_log_lines);
  } catch (const Error&) {
    return {};  // the failure matters more than the missing right to read logs
  }
}

}  // namespace lapstrake::app
