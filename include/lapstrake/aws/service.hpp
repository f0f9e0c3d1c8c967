// The AWS services that lapstrake calls.
#pragma once

namespace lapstrake::aws {

enum class Service { ecr, ecr_public, ecs, sts };

}  // namespace lapstrake::aws
