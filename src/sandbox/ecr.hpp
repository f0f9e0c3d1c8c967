// ECR's JSON API, on the same repositories as /v2/.
#pragma once
#include "api.hpp"
#include "repositories.hpp"
#include "uploads.hpp"

namespace lapstrake::sandbox {

Operations ecr_operations(Repositories& repositories, RegistryLogins& logins, Uploads& uploads);
Operations ecr_public_operations(RegistryLogins& logins);

}  // namespace lapstrake::sandbox
