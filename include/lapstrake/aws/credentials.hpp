// Who signs: the environment and the shared files (facts in docs/design.md; the rest of the chain is a later addition).
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/world.hpp>
#include <optional>
#include <string>

namespace lapstrake::aws {

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;  // empty when there is none
  std::string source;         // "AWS_ACCESS_KEY_ID in the environment", "profile `ci` of ~/.aws/credentials": for -v
};

struct Settings {
  Credentials credentials;
  std::optional<std::string> region;  // --region, AWS_REGION, AWS_DEFAULT_REGION, the profile's
};

// Order: an explicit `profile`, then AWS_ACCESS_KEY_ID and its kin, then AWS_PROFILE or "default" of the shared files
// (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE; credentials win over config). Error{access} that lists where was
// looked; a half-set pair, a profile that is not there (near names), a profile that needs what is not supported yet
// (role_arn, sso, credential_process: says so and gives the `aws configure export-credentials` way) are errors of their
// own.
Settings find_settings(const Environment& environment, const std::optional<std::string>& profile,
                       const std::optional<std::string>& region);

// Whether find_settings() failed because nothing is set anywhere, and not for a mistake in what is set (a profile that
// is not there or that --profile names and that is empty, half a pair): only then may another login be tried.
bool is_no_credentials(const Error& error);

}  // namespace lapstrake::aws
