// The operations of the AWS services that the sandbox emulates.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/registry/logins.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <lapstrake/sandbox/registry/uploads.hpp>

namespace lapstrake::sandbox {

// ECR's JSON API, on the same repositories as /v2/.
Operations ecr_operations(Repositories& repositories, RegistryLogins& logins, Uploads& uploads);
Operations ecr_public_operations(RegistryLogins& logins);
// The parts of ecr_operations().
Operations repository_operations(Repositories& repositories);
Operations layer_operations(Repositories& repositories, Uploads& uploads);
// ECS task definitions: families, revisions, validation and defaults of the service.
Operations ecs_operations();

}  // namespace lapstrake::sandbox
