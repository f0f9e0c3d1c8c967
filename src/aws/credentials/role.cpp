#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "providers.hpp"
#include "sts_call.hpp"

namespace lapstrake::aws {
namespace {

void check_duration(const std::string& text, const Profile& profile) {
  const auto seconds = parse_integer(text);
  if (seconds && *seconds >= 900 && *seconds <= 43'200) return;
  throw Error(ErrorKind::access, cat("invalid `duration_seconds` in profile `", profile.name, "`"),
              "it must be a number from 900 to 43200");
}

}  // namespace

Credentials from_role(const Lookup& lookup, const Profile& profile, const Credentials& source) {
  if (profile.has("mfa_serial"))
    throw Error(ErrorKind::access,
                cat("profile `", profile.name, "` needs an MFA code, which lapstrake does not ask for"),
                export_with_cli(profile.name))
        .with_code(ErrorCode::unusable_profile);
  const auto role = profile.setting("role_arn");
  nlohmann::json input{{"RoleArn", role},
                       {"RoleSessionName", role_session_name(profile.setting("role_session_name"),
                                                             cat("profile `", profile.name, "`"), lookup.runtime)}};
  if (const auto id = profile.setting("external_id"); !id.empty()) input["ExternalId"] = id;
  if (const auto seconds = profile.setting("duration_seconds"); !seconds.empty()) {
    check_duration(seconds, profile);
    input["DurationSeconds"] = seconds;
  }
  auto found = step(cat("assuming the role `", role, "` of profile `", profile.name, "`"),
                    [&] { return credentials_from_sts(lookup, "AssumeRole", input, &source); });
  found.kind = CredentialSource::role;
  found.source = cat("role `", role, "` of profile `", profile.name, "`, assumed with ", source.source);
  return found;
}

}  // namespace lapstrake::aws
