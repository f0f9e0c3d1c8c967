// `check --online`: proves against AWS, before anything is registered, that tasks can start and services can be
// deployed.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

namespace lapstrake::app {

// Roles exist, trust ECS and have the permissions that they need; secrets, parameters, log groups and repositories
// exist; subnets and security groups exist and belong together; the load balancer reaches the port. Reads only. What
// the caller may not read is a warning. Error{access} without credentials.
std::vector<Finding> check_online(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
