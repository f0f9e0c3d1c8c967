// ECR's JSON API, over the same repositories that /v2/ serves.
#pragma once
#include "api.hpp"
#include "repositories.hpp"
#include "uploads.hpp"

namespace lapstrake::sandbox {

Operations ecr_operations(Repositories& repositories, RegistryLogins& logins, Uploads& uploads);
Operations ecr_public_operations(RegistryLogins& logins);

}  // namespace lapstrake::sandbox
