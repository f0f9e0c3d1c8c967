// Runs one task to its end, with the logs of its containers.
#pragma once
#include <functional>
#include <lapstrake/app/deploy/task_result.hpp>
#include <lapstrake/aws/call.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {

struct TaskRun {
  std::string cluster;
  nlohmann::json task_definition;                        // DescribeTaskDefinition
  std::string container = {};                            // whose exit code counts; empty: the first essential one
  std::optional<std::vector<std::string>> command = {};  // of that container
  nlohmann::json placement = nlohmann::json::object();   // networkConfiguration, launchType, platformVersion ...
};

// Calls `on_line` with the lines of the container's log. Error{timeout} when the task has not stopped after `timeout`;
// it goes on.
TaskResult run_task(const aws::Session& session, const TaskRun& run, std::chrono::milliseconds timeout,
                    const std::function<void(const std::string&)>& on_line);

// Members of RunTask that a service has too: network, launch type or capacity providers, platform version. Those of the
// spec win over those of the service as it is. Fargate tasks get the launch type FARGATE if there is none.
nlohmann::json placement_of(const nlohmann::json& live, const nlohmann::json& document,
                            const nlohmann::json& task_definition);

}  // namespace lapstrake::app
