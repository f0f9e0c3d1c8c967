// ECS's task definitions: families, revisions, and what the service itself adds and refuses.
#pragma once
#include "api.hpp"

namespace lapstrake::sandbox {

Operations ecs_operations();

}  // namespace lapstrake::sandbox
