// All that is wrong with a project, told without a network.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/diagnostic.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

namespace lapstrake::app {

// What the reader cannot see: sources that are missing or cannot be packed, bases that cannot be read, task definitions
// that ECS would refuse. No file's content is read.
std::vector<spec::Diagnostic> check(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
