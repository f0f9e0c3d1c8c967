#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <vector>

#include "key_pair.hpp"
#include "providers.hpp"

namespace lapstrake::aws {
namespace {

std::optional<Credentials> keys_in(const Section& section, const std::string& profile, const std::string& file) {
  std::string token = setting_of(section, "aws_security_token");  // the older name, which botocore looks for first
  if (token.empty()) token = setting_of(section, "aws_session_token");
  return complete_pair({setting_of(section, "aws_access_key_id"), setting_of(section, "aws_secret_access_key"), token},
                       {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"},
                       cat("profile `", profile, "` of ", file));
}

bool has_keys(const Profile& profile) {
  return profile.has("aws_access_key_id") || profile.has("aws_secret_access_key");
}

bool has_sso(const Profile& profile) {
  return profile.has("sso_session") || profile.has("sso_start_url") || profile.has("sso_account_id") ||
         profile.has("sso_role_name");
}

[[noreturn]] void refuse_login_session(const Profile& profile) {
  throw Error(ErrorKind::access,
              cat("profile `", profile.name, "` gets its credentials from `login_session`, which is not supported"),
              cat("add `credential_process = aws configure export-credentials --profile ", profile.name,
                  " --format process` to another profile and use that one; or ", export_with_cli(profile.name)))
      .with_code(ErrorCode::unusable_profile);
}

// The credentials of a profile that assumes no role. Keys come before SSO: programs that sync SSO write them, and the
// AWS SDKs for Go and JavaScript take them.
std::optional<Credentials> own_credentials(const Lookup& lookup, const SharedFiles& files, const Profile& profile) {
  if (profile.has("web_identity_token_file")) return from_web_identity(lookup, profile);
  const bool has_other_way = profile.has("login_session") || profile.has("credential_process");
  if (profile.credentials.contains("aws_access_key_id") || !has_other_way)
    if (auto found = from_profile_keys(lookup, files, profile)) return found;
  if (has_sso(profile)) return from_sso(lookup, files, profile);
  if (profile.has("login_session")) refuse_login_session(profile);
  if (profile.has("credential_process")) return from_process(lookup, profile);
  return std::nullopt;
}

// As botocore has it: keys of a source profile come before its role, so that a profile may name itself as its source.
bool assumes_role(const Profile& profile, bool is_source) {
  return profile.has("role_arn") && !profile.has("web_identity_token_file") && !(is_source && has_keys(profile));
}

void check_role(const Profile& profile) {
  const bool has_profile = profile.has("source_profile"), has_source = profile.has("credential_source");
  if (has_profile == has_source)
    throw Error(ErrorKind::access,
                cat("profile `", profile.name, "` assumes a role, but has ",
                    has_profile ? "both `source_profile` and `credential_source`"
                                : "neither `source_profile` nor `credential_source`"),
                "set one of them, for the credentials that assume the role");
}

// `path`: the profiles that led here.
Profile source_profile(const SharedFiles& files, const std::vector<Profile>& path) {
  const auto& from = path.back();
  auto source = files.profile(from.setting("source_profile"));
  if (!source.exists) {
    const auto near = nearest(source.name, files.names());
    throw Error(ErrorKind::access,
                cat("profile `", from.name, "` has the source profile `", printable(source.name, 80),
                    "`, which does not exist"),
                near ? cat("did you mean `", *near, "`?") : cat("known profiles: ", join(files.names(), ", ")));
  }
  std::vector<std::string> names;
  for (const auto& each : path) names.push_back(each.name);
  if (assumes_role(source, true) && std::ranges::find(names, source.name) != names.end())
    throw Error(ErrorKind::access, cat("the source profiles form a loop: ", join(names, " -> "), " -> ", source.name),
                "one of these profiles must have credentials of its own");
  return source;
}

// `credential_source`
Credentials named_source(const Lookup& lookup, const Profile& profile) {
  const auto name = profile.setting("credential_source");
  std::optional<Credentials> found;
  if (name == "Environment")
    found = from_environment(lookup.runtime);
  else if (name == "Ec2InstanceMetadata")
    found = from_instance(lookup);
  else if (name == "EcsContainer")
    found = from_container(lookup);
  else
    throw Error(ErrorKind::access,
                cat("unknown `credential_source` in profile `", profile.name, "`: ", printable(name, 80)),
                "use Environment, Ec2InstanceMetadata or EcsContainer");
  if (!found)
    throw Error(ErrorKind::access,
                cat("profile `", profile.name, "` takes its credentials from ", name, ", which has no credentials"),
                name == "Environment" ? "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                                      : "this works only where AWS supplies such credentials to the machine")
        .with_code(ErrorCode::unusable_profile);
  return *std::move(found);
}

}  // namespace

std::optional<Credentials> from_profile_keys(const Lookup& lookup, const SharedFiles& files, const Profile& profile) {
  std::optional<Credentials> found;
  // A secret without an id counts for nothing where the other file has an id.
  if (profile.credentials.contains("aws_access_key_id") || !profile.config.contains("aws_access_key_id"))
    found = keys_in(profile.credentials, profile.name, files.credentials_shown());
  if (!found) found = keys_in(profile.config, profile.name, files.config_shown());
  if (found) learn(lookup.runtime, *found);
  return found;
}

std::optional<Credentials> from_profile(const Lookup& lookup, const SharedFiles& files, const Profile& profile) {
  std::vector<Profile> roles;
  Profile at = profile;
  std::optional<Credentials> found;
  while (!found && assumes_role(at, !roles.empty())) {
    check_role(at);
    roles.push_back(at);
    if (at.has("source_profile"))
      at = source_profile(files, roles);
    else
      found = named_source(lookup, at);
  }
  if (!found) found = own_credentials(lookup, files, at);
  if (!found && !roles.empty())
    throw Error(ErrorKind::access,
                cat("the source profile `", at.name, "` of profile `", roles.back().name, "` has no credentials"),
                cat("run `aws configure --profile ", at.name, "`"))
        .with_code(ErrorCode::unusable_profile);
  for (auto role = roles.rbegin(); role != roles.rend(); ++role) found = from_role(lookup, *role, *found);
  return found;
}

}  // namespace lapstrake::aws
