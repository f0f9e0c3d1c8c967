// The AWS session in which the tasks of a spec run.
#pragma once
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

namespace lapstrake::app {

// The images that the tasks name, in the spec's order.
std::vector<const spec::Image*> images_of(const spec::Project& project, const std::vector<const spec::Task*>& tasks);

// In the user's region, else in that of the registry that the images are in. Error{access} without credentials,
// Error{usage} without a region.
aws::Session session_for_tasks(const Network& network, const std::vector<const spec::Image*>& images);

}  // namespace lapstrake::app
