// ECR's JSON API, over the same repositories that /v2/ serves.
#pragma once
#include "api.hpp"
#include "repositories.hpp"

namespace lapstrake::sandbox {

Operations ecr_operations(Repositories& repositories, RegistryLogins& logins);

}  // namespace lapstrake::sandbox
