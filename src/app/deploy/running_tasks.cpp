#include "running_tasks.hpp"

#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>

namespace lapstrake::app {
namespace {

constexpr std::size_t most_running = 5000;  // tasks of a service (Amazon ECS service quotas)

// The digest that the task definition pins for a container; empty for an image without one.
std::string pinned_digest(const nlohmann::json& task_definition, const std::string& container) {
  for (const auto& definition : aws::list_of(task_definition, "containerDefinitions"))
    if (aws::text_of(definition, "name") == container) {
      const auto image = aws::text_of(definition, "image");
      const auto at = image.rfind('@');
      return at == std::string::npos ? "" : image.substr(at + 1);
    }
  return {};
}

}  // namespace

RunningTasks running_tasks(const aws::Session& session, const Rollout& rollout) {
  RunningTasks out;
  const auto arns = aws::task_arns(session, rollout.id, aws::TaskState::running, most_running);
  for (const auto& task : aws::describe_tasks(session, rollout.id.cluster, arns)) {
    if (aws::text_of(task, "taskDefinitionArn") != rollout.target.task_definition) {
      ++out.other;
      continue;
    }
    ++out.ours;
    for (const auto& container : aws::list_of(task, "containers")) {
      const auto digest = aws::text_of(container, "imageDigest");
      const auto pinned = pinned_digest(rollout.task_definition, aws::text_of(container, "name"));
      if (!digest.empty() && !pinned.empty() && rollout.digests.contains(pinned) && !rollout.digests.contains(digest))
        out.wrong_image = digest;
    }
  }
  return out;
}

}  // namespace lapstrake::app
