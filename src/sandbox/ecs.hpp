// ECS task definitions: families, revisions, validation and defaults of the service.
#pragma once
#include "api.hpp"

namespace lapstrake::sandbox {

Operations ecs_operations();

}  // namespace lapstrake::sandbox
