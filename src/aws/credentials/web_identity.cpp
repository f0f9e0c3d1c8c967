#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "key_reply.hpp"
#include "providers.hpp"
#include "sts_call.hpp"

namespace lapstrake::aws {
namespace {

struct WebIdentity {
  std::string role, token_file, session_name;
  std::string role_named_by, file_named_by, session_named_by;
};

// STS's codes for tokens and trust policies say little; this says what to change.
Error explained_refusal(const Error& error, const WebIdentity& identity) {
  const auto& code = error.service().code;
  if (code == "AccessDenied")
    return Error(ErrorKind::access, cat("the web identity token may not assume the role `", identity.role, "`"),
                 "the role's trust policy must allow sts:AssumeRoleWithWebIdentity for the issuer, the audience and "
                 "the subject of the token")
        .because(error.reason());
  if (code == "InvalidIdentityToken" || code == "InvalidIdentityTokenException" || code == "ExpiredTokenException" ||
      code == "ExpiredToken")
    return Error(ErrorKind::access, cat("STS does not accept the token in `", printable(identity.token_file, 300), "`"),
                 "it has expired, or the account has no identity provider for its issuer and audience: write a new "
                 "token to the file, or create the provider in IAM")
        .because(error.reason());
  return error;
}

Credentials assume(const Lookup& lookup, const WebIdentity& identity) {
  if (identity.role.empty())
    throw Error(ErrorKind::access, cat(identity.file_named_by, " is set, but ", identity.role_named_by, " is not"),
                cat("set ", identity.role_named_by, " to the role to assume"));
  const auto token = read_token_file(identity.token_file, identity.file_named_by, lookup.runtime);
  const nlohmann::json input{
      {"RoleArn", identity.role},
      {"RoleSessionName", role_session_name(identity.session_name, identity.session_named_by, lookup.runtime)},
      {"WebIdentityToken", token}};
  return step(cat("assuming the role `", identity.role, "`"), [&] {
    try {
      return credentials_from_sts(lookup, "AssumeRoleWithWebIdentity", input, nullptr);
    } catch (const Error& error) {
      throw explained_refusal(error, identity);
    }
  });
}

}  // namespace

std::optional<Credentials> from_web_identity_variables(const Lookup& lookup) {
  const auto value = [&](std::string_view name) { return lookup.runtime.environment(name).value_or(""); };
  const WebIdentity identity{.role = value("AWS_ROLE_ARN"),
                             .token_file = value("AWS_WEB_IDENTITY_TOKEN_FILE"),
                             .session_name = value("AWS_ROLE_SESSION_NAME"),
                             .role_named_by = "AWS_ROLE_ARN",
                             .file_named_by = "AWS_WEB_IDENTITY_TOKEN_FILE",
                             .session_named_by = "AWS_ROLE_SESSION_NAME"};
  if (identity.token_file.empty()) return std::nullopt;  // AWS_ROLE_ARN alone is for other programs
  auto found = assume(lookup, identity);
  found.kind = CredentialSource::web_identity;
  found.source = cat("role `", identity.role, "`, assumed with the token in AWS_WEB_IDENTITY_TOKEN_FILE");
  return found;
}

Credentials from_web_identity(const Lookup& lookup, const Profile& profile) {
  const auto named = [&](std::string_view setting) { return cat("`", setting, "` of profile `", profile.name, "`"); };
  const WebIdentity identity{
      .role = profile.setting("role_arn"),
      .token_file = expanded(profile.setting("web_identity_token_file"), lookup.runtime.environment),
      .session_name = profile.setting("role_session_name"),
      .role_named_by = named("role_arn"),
      .file_named_by = named("web_identity_token_file"),
      .session_named_by = cat("profile `", profile.name, "`")};
  auto found = assume(lookup, identity);
  found.kind = CredentialSource::web_identity;
  found.source = cat("role `", identity.role, "`, assumed with the web identity token of profile `", profile.name, "`");
  return found;
}

}  // namespace lapstrake::aws
