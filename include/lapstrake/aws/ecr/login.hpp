// Logins to the registries of Amazon ECR.
#pragma once
#include <chrono>
#include <lapstrake/aws/call.hpp>
#include <string>

namespace lapstrake::aws {

struct EcrLogin {
  std::string username, password;  // "AWS", a token of any length
  std::chrono::system_clock::time_point expires;
};
EcrLogin ecr_login(const Session& session);  // GetAuthorizationToken
// The login of ECR Public, which exists only in us-east-1, whatever the session's region.
EcrLogin ecr_public_login(const Session& session);

}  // namespace lapstrake::aws
