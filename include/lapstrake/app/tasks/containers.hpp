// The containers of a task as the spec has them, for checks of the images that they use.
#pragma once
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct TaskContainer {
  std::string name;
  std::vector<std::string> images;  // of the spec, named by `${images.N}`; one, or none for another image
};

// Those of a task with the network mode awsvpc, in which they share a network interface: they reach each other on
// 127.0.0.1, and their names are no hosts (Amazon ECS Developer Guide, "Fargate task networking"). Empty for other
// tasks, and for a document that cannot be read.
std::vector<TaskContainer> containers_of_awsvpc_task(const spec::Task& task);

}  // namespace lapstrake::app
