// Finds AWS credentials in the environment and the shared files (docs/design.md; other sources are not supported yet).
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/runtime.hpp>
#include <map>
#include <optional>
#include <string>

namespace lapstrake::aws {

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;  // empty when there is none
  std::string source;         // "AWS_ACCESS_KEY_ID in the environment", "profile `ci` of ~/.aws/credentials": for -v
};

// Endpoint settings of the profile.
struct ProfileEndpoints {
  std::string url = {};                              // `endpoint_url`, for all services
  std::map<std::string, std::string> services = {};  // of its `services` section: "ecr_public" -> its `endpoint_url`
  std::string missing_section = {};                  // the section that `services` refers to, if it does not exist
  bool ignored = false;                              // `ignore_configured_endpoint_urls`
  bool fips = false, dualstack = false;              // `use_fips_endpoint`, `use_dualstack_endpoint`
};

struct Settings {
  Credentials credentials;
  std::optional<std::string> region;  // --region, AWS_REGION, AWS_DEFAULT_REGION, the profile's
  ProfileEndpoints endpoints = {};
};

// Order: an explicit `profile`, then AWS_ACCESS_KEY_ID and related variables, then AWS_PROFILE or "default" of the
// shared files (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE; credentials win over config). Keys win over SSO and
// processes of the same profile, not over its role. Error{access} that lists the searched places, with the code
// `no_credentials`; or that says that the profile's source is not supported yet (role_arn, sso, credential_process) and
// suggests `aws configure export-credentials`, or that the profile has no credentials: `unusable_profile`.
// Error{access} for an incomplete pair and for an explicit profile that does not exist (suggests similar names).
Settings find_settings(const Environment& environment, const std::optional<std::string>& profile,
                       const std::optional<std::string>& region);

}  // namespace lapstrake::aws
