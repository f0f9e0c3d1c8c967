// Checks a project offline and reports every mistake.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

namespace lapstrake::app {

// Reports mistakes that the spec reader cannot see: missing sources, sources that cannot be packed, bases that cannot
// be read, task definitions that ECS would reject. Reads no file contents.
std::vector<Finding> check(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
