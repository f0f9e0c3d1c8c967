// Who signs: the environment and the shared files (facts in docs/design.md; the rest of the chain is a later addition).
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

// What the profile says of the addresses of AWS's services.
struct ProfileEndpoints {
  std::string url = {};                              // `endpoint_url`, for all services
  std::map<std::string, std::string> services = {};  // of its `services` section: "ecr_public" -> its `endpoint_url`
  std::string missing_section = {};                  // that `services` names and that does not exist
  bool ignored = false;                              // `ignore_configured_endpoint_urls`
  bool fips = false, dualstack = false;              // `use_fips_endpoint`, `use_dualstack_endpoint`
};

struct Settings {
  Credentials credentials;
  std::optional<std::string> region;  // --region, AWS_REGION, AWS_DEFAULT_REGION, the profile's
  ProfileEndpoints endpoints = {};
};

// There is nothing that we can sign with, though nothing that is set is wrong.
class NoCredentials : public Error {
 public:
  // `unusable`: what is set takes them from where we cannot read them (a role, SSO), or names a profile without any.
  enum class Why { nothing_set, unusable };
  NoCredentials(Why why, std::string what, std::string help)
      : Error(ErrorKind::access, std::move(what), std::move(help)), why_(why) {}
  Why why() const noexcept { return why_; }

 private:
  Why why_;
};

// Order: an explicit `profile`, then AWS_ACCESS_KEY_ID and its kin, then AWS_PROFILE or "default" of the shared files
// (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE; credentials win over config). Keys win over SSO and processes of the
// same profile, not over its role. NoCredentials that lists where was looked, or that says that the profile's way is
// not supported yet (role_arn, sso, credential_process) and gives the `aws configure export-credentials` way.
// Error{access} for mistakes: a half-set pair, an explicit profile that does not exist (near names).
Settings find_settings(const Environment& environment, const std::optional<std::string>& profile,
                       const std::optional<std::string>& region);

// Whether find_settings() failed because nothing is set anywhere.
bool is_no_credentials(const Error& error);
// Whether it failed with NoCredentials, for whatever reason: only then may another login be tried.
bool has_no_credentials(const Error& error);

}  // namespace lapstrake::aws
