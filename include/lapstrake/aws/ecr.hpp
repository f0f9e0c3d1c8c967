// ECR: host names, logins, repositories.
#pragma once
#include <chrono>
#include <lapstrake/aws/call.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// ACCOUNT.dkr.ecr[-fips].REGION.amazonaws.com[.cn], ACCOUNT.dkr-ecr[-fips].REGION.on.aws and its kin; anchored.
struct EcrHost {
  std::string account, region;
  bool fips = false, dualstack = false;
};
std::optional<EcrHost> parse_ecr_host(std::string_view host);
// public.ecr.aws and its dualstack name: another API, and Bearer instead of Basic.
bool is_public_ecr(std::string_view host);

struct EcrLogin {
  std::string username, password;  // "AWS", a token of any length
  std::chrono::system_clock::time_point expires;
};
EcrLogin ecr_login(const Session& session);  // GetAuthorizationToken

// False when there is none; other failures throw.
bool repository_exists(const Session& session, const std::string& account, const std::string& repository);
// Its ARN; one that is there already is success. When the registry of `account` is closed to the caller, the error says
// whose account the caller is.
std::string create_repository(const Session& session, const std::string& account, const std::string& repository);

}  // namespace lapstrake::aws
