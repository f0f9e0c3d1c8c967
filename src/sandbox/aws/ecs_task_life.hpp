// The life of a task: it starts, writes to its log, and stops. Nothing runs.
#pragma once
#include "ecs_state.hpp"
#include "logs_state.hpp"

namespace lapstrake::sandbox {

// Starts a task at caller.now; it runs after half a step.
EcsTask& start_task(EcsRegion& region, EcsTask task, std::chrono::milliseconds step, const Caller& caller);
// No effect on a task that has stopped.
void stop_task(EcsTask& task, EcsEnding ending, Time now);
// As the service scheduler stops a task: its containers end with exit code 0.
EcsEnding stopped_by_scheduler(const EcsTask& task, const std::string& deployment_id);
// How a one-off task ends: each container with the exit code of its label `lapstrake.sandbox/exit-code`.
EcsEnding scripted_ending(const nlohmann::json& definition);

// Writes the lines of tasks that run, to CloudWatch Logs as the driver `awslogs` does. A container's label
// `lapstrake.sandbox/log` has its text.
void write_task_logs(EcsRegion& region, LogsState& logs, const Caller& caller);
// ECS shows stopped tasks for an hour.
void forget_stopped_tasks(EcsRegion& region, Time now);

// The container of a task definition that a script makes fail: the one with the label, else the first essential one.
std::string failing_container(const nlohmann::json& definition);

}  // namespace lapstrake::sandbox
