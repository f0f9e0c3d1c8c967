#include "run_task.hpp"

#include <algorithm>
#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds poll{2000};

std::string first_essential(const json& task_definition) {
  const auto& containers = aws::list_of(task_definition, "containerDefinitions");
  for (const auto& container : containers)
    if (!container.contains("essential") || container["essential"] == true) return aws::text_of(container, "name");
  return containers.empty() ? "" : aws::text_of(containers[0], "name");
}

bool has_container(const json& task_definition, const std::string& name) {
  const auto& containers = aws::list_of(task_definition, "containerDefinitions");
  return std::any_of(containers.begin(), containers.end(),
                     [&](const auto& container) { return aws::text_of(container, "name") == name; });
}

std::string container_of(const TaskRun& run) {
  if (run.container.empty()) return first_essential(run.task_definition);
  if (!has_container(run.task_definition, run.container))
    throw Error(ErrorKind::usage,
                cat("the task `", aws::text_of(run.task_definition, "family"), "` has no container `",
                    printable(run.container), "`"),
                "name one of its `containerDefinitions`");
  return run.container;
}

json request_of(const TaskRun& run, const std::string& container) {
  json request = run.placement;
  request["cluster"] = run.cluster;
  request["taskDefinition"] = aws::text_of(run.task_definition, "taskDefinitionArn");
  request["count"] = 1;
  request["startedBy"] = "lapstrake";
  if (run.command) request["overrides"] = {{"containerOverrides", {{{"name", container}, {"command", *run.command}}}}};
  return request;
}

std::optional<std::int64_t> exit_code_of(const json& task, const std::string& name) {
  for (const auto& container : aws::list_of(task, "containers"))
    if (aws::text_of(container, "name") == name) return aws::number_of(container, "exitCode");
  return std::nullopt;
}

void show_lines(std::optional<LogReader>& reader, const std::function<void(const std::string&)>& on_line) {
  if (!reader || !on_line) return;
  try {
    for (const auto& line : reader->next()) on_line(line.text);
  } catch (const Error& error) {
    on_line(cat("(the log cannot be read: ", error.line(), ")"));
    reader.reset();
  }
}

}  // namespace

TaskResult run_task(const aws::Session& session, const TaskRun& run, std::chrono::milliseconds timeout,
                    const std::function<void(const std::string&)>& on_line) {
  const auto container = container_of(run);
  auto task = aws::run_task(session, request_of(run, container));
  const auto arn = aws::text_of(task, "taskArn");
  std::optional<LogReader> reader;
  if (const auto stream = log_stream(run.task_definition, container, aws::task_id(arn)))
    reader.emplace(session, *stream);
  const auto begin = session.runtime.clock();
  while (aws::text_of(task, "lastStatus") != "STOPPED") {
    if (session.runtime.clock() - begin >= timeout)
      throw Error(ErrorKind::timeout, cat("the task ", arn, " is still running"),
                  cat("stop it with `aws ecs stop-task --cluster ", run.cluster, " --task ", aws::task_id(arn),
                      "`, or raise --timeout"));
    session.runtime.sleep(poll);
    show_lines(reader, on_line);
    task = aws::describe_task(session, run.cluster, arn);
  }
  show_lines(reader, on_line);
  return {
      .arn = arn, .container = container, .exit_code = exit_code_of(task, container), .failure = failure_of_task(task)};
}

json placement_of(const json& live, const json& document, const json& task_definition) {
  static constexpr const char* members[] = {"networkConfiguration", "launchType", "capacityProviderStrategy",
                                            "platformVersion", "enableECSManagedTags"};
  json out = json::object();
  for (const auto* source : {&live, &document})
    for (const auto* name : members)
      if (const auto& value = aws::member_of(*source, name); aws::is_set(value)) out[name] = value;
  const auto& kinds = aws::list_of(task_definition, "requiresCompatibilities");
  if (out.contains("capacityProviderStrategy"))
    out.erase("launchType");
  else if (!out.contains("launchType") && std::find(kinds.begin(), kinds.end(), "FARGATE") != kinds.end())
    out["launchType"] = "FARGATE";
  return out;
}

}  // namespace lapstrake::app
