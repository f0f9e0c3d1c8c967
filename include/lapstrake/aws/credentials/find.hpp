// Finds AWS credentials, in the order of the AWS SDKs (docs/reference/credentials.md).
#pragma once
#include <functional>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/base/program.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

// What a search may use.
struct Lookup {
  Runtime runtime;
  http::Transport transport;           // plain: neither signing nor retrying
  std::optional<std::string> profile;  // --profile
  std::optional<std::string> region;   // --region
  http::RetryNotice notice = nullptr;
  // Runs a `credential_process`; null: as a process of this machine.
  std::function<ProgramResult(const std::vector<std::string>& words, const ProgramLimits& limits)> run = nullptr;
};

// An explicit profile, or the first that has some of: AWS_ACCESS_KEY_ID and related variables; AWS_ROLE_ARN with
// AWS_WEB_IDENTITY_TOKEN_FILE; the profile (keys, role, web identity, SSO, process); the container's endpoint; the
// instance's metadata service. Reads every file and asks every service anew. Registers each secret that it reads or
// receives. Error{access}: `no_credentials` when nothing is set anywhere, with the list of the searched places;
// `unusable_profile` when the profile has none that can be used now (none at all, expired SSO, MFA); no code for a
// mistake in what is set (half a pair, an explicit profile that does not exist, a loop of roles). Error{network} when a
// service does not answer.
Credentials find_credentials(const Lookup& lookup);

// The region of the EC2 instance; nothing without its metadata service.
std::optional<std::string> instance_region(const Lookup& lookup);

}  // namespace lapstrake::aws
