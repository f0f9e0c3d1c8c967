// Checks whether configurations of nginx name other containers of the same task as hosts.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/spec/project.hpp>
#include <vector>

namespace lapstrake::app {

// Of tasks with the network mode awsvpc. A file counts if a `copy` or `files` step of the container's image writes it
// and its path is that of a configuration of nginx: nginx.conf, or a name in `.conf` or `.conf.template` below a folder
// `nginx`. The findings are at the line of the copied file, or at the step of a file in the spec. They are warnings,
// since a private DNS zone may have the name.
std::vector<Finding> check_container_hosts(const Context& context, const spec::Project& project);

}  // namespace lapstrake::app
