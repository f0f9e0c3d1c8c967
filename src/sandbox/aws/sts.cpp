// STS: who calls, and the temporary credentials of roles.
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>

#include "iam_state.hpp"
#include "input.hpp"
#include "query_protocol.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_token_bytes = 20'000;  // WebIdentityToken in botocore's STS model

struct StsState {
  std::shared_ptr<AccessKeys> keys;
  std::shared_ptr<IamState> iam;
};

std::string role_name_of(const std::string& arn, const Caller& caller) {
  const auto prefix = cat("arn:aws:iam::", caller.account, ":role/");
  if (!arn.starts_with(prefix)) throw ApiFailure{"ValidationError", cat(printable(arn, 200), " is invalid")};
  return arn.substr(arn.rfind('/') + 1);
}

std::string session_name_of(const Json& input) {
  const auto name = required_text(input, "RoleSessionName");
  bool is_valid = name.size() >= 2 && name.size() <= 64;
  for (const char c : name)
    is_valid = is_valid && (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                            std::string_view("_=,.@-+").find(c) != std::string_view::npos);
  if (!is_valid)
    throw ApiFailure{"ValidationError", cat("1 validation error detected: Value '", printable(name, 100),
                                            "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy "
                                            "regular expression pattern: [\\w+=,.@-]{2,64}")};
  return name;
}

// AssumeRole of a role that is missing gets the same error as one without permission.
[[noreturn]] void refuse_assume_role(const Caller& caller, const std::string& arn) {
  throw ApiFailure{"AccessDenied",
                   cat("User: ", caller.arn(), " is not authorized to perform: sts:AssumeRole on resource: ", arn),
                   403};
}

Json credentials_of(const Principal& principal) {
  return {{"AccessKeyId", principal.key.id},
          {"SecretAccessKey", principal.key.secret},
          {"SessionToken", principal.session_token},
          {"Expiration", iso_time(*principal.expires)}};
}

Json issued(const StsState& sts, const IamRole& role, const Json& input, std::int64_t most_seconds,
            const Caller& caller) {
  const auto seconds = number_member(input, "DurationSeconds", 3600, 900, most_seconds);
  const auto made = sts.keys->issue(caller.account, role.name, role.id, session_name_of(input),
                                    caller.now + std::chrono::seconds(seconds));
  return {{"Credentials", credentials_of(made)},
          {"AssumedRoleUser", {{"AssumedRoleId", made.user_id}, {"Arn", made.arn}}}};
}

Json caller_identity(const Caller& caller) {
  return {{"Arn", caller.arn()}, {"UserId", caller.user_id}, {"Account", caller.account}};
}

Json assume_role(const StsState& sts, const Json& input, const Caller& caller) {
  const auto arn = required_text(input, "RoleArn");
  const auto role = sts.iam->find_role(role_name_of(arn, caller));
  if (!role) refuse_assume_role(caller, arn);
  PolicyRequest request{.action = "sts:AssumeRole"};
  if (const auto id = text_member(input, "ExternalId"); !id.empty()) request.context["sts:ExternalId"] = id;
  std::vector<std::string> names = {caller.arn(), caller.account, cat("arn:aws:iam::", caller.account, ":root")};
  if (const auto own = sts.iam->find_role(caller.role)) names.push_back(sts.iam->arn_of(*own));
  if (evaluate_trust(Json::parse(role->trust), request, {{"AWS", names}}) != Decision::allowed)
    refuse_assume_role(caller, arn);
  // A role that assumes a role gets at most an hour (IAM User Guide, "Role chaining").
  return issued(sts, *role, input, caller.role.empty() ? role->most_session_seconds : 3600, caller);
}

// The claims of a JSON Web Token. The sandbox does not check its signature.
Json claims_of(const std::string& token) {
  const auto parts = split(token, '.');
  const auto text = parts.size() == 3 && token.size() <= most_token_bytes
                        ? base64_decode(replace_all(replace_all(parts[1], "-", "+"), "_", "/"))
                        : std::nullopt;
  try {
    if (text) {
      auto claims = parse_json(*text, "the token", {.most_bytes = most_token_bytes});
      if (claims.is_object() && claims.contains("iss") && claims.contains("aud")) return claims;
    }
  } catch (const Error&) {  // no JSON
  }
  throw ApiFailure{"InvalidIdentityToken",
                   "The ID Token provided is not a valid JWT. (You may see this error if you "
                   "sent an Access Token)"};
}

std::string claim(const Json& claims, const char* name) {
  if (!claims.contains(name)) return {};
  const auto& value = claims[name].is_array() && !claims[name].empty() ? claims[name][0] : claims[name];
  return value.is_string() ? value.get<std::string>() : std::string();
}

Json assume_with_token(const StsState& sts, const Json& input, const Caller& caller) {
  const auto arn = required_text(input, "RoleArn");
  const auto claims = claims_of(required_text(input, "WebIdentityToken"));
  if (claims.contains("exp") && claims["exp"].is_number() && claims["exp"].get<double>() < epoch_seconds(caller.now))
    throw ApiFailure{"ExpiredTokenException",
                     "Token expired: current date/time must be before the expiration date/time"};
  auto issuer = claim(claims, "iss");
  if (issuer.starts_with("https://")) issuer = issuer.substr(8);
  const auto provider = cat("arn:aws:iam::", caller.account, ":oidc-provider/", issuer);
  PolicyRequest request{.action = "sts:AssumeRoleWithWebIdentity"};
  for (const auto* name : {"aud", "sub", "amr"})
    if (const auto value = claim(claims, name); !value.empty()) request.context[cat(issuer, ":", name)] = value;
  const auto role = sts.iam->find_role(role_name_of(arn, caller));
  if (!role || evaluate_trust(Json::parse(role->trust), request, {{"Federated", {provider}}}) != Decision::allowed)
    throw ApiFailure{"AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403};
  auto result = issued(sts, *role, input, role->most_session_seconds, caller);
  result["SubjectFromWebIdentityToken"] = claim(claims, "sub");
  result["Audience"] = claim(claims, "aud");
  result["Provider"] = provider;
  return result;
}

}  // namespace

Operations sts_operations(std::shared_ptr<AccessKeys> keys, std::shared_ptr<IamState> iam) {
  const StsState sts{std::move(keys), std::move(iam)};
  return {{"GetCallerIdentity", [](const Json&, const Caller& caller) { return caller_identity(caller); }},
          {"AssumeRole", [sts](const Json& input, const Caller& caller) { return assume_role(sts, input, caller); }},
          {"AssumeRoleWithWebIdentity",
           [sts](const Json& input, const Caller& caller) { return assume_with_token(sts, input, caller); }}};
}

}  // namespace lapstrake::sandbox
