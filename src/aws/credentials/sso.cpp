#include <lapstrake/aws/credentials/settings.hpp>
#include <lapstrake/aws/endpoint.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>
#include <nlohmann/json.hpp>

#include "key_reply.hpp"
#include "providers.hpp"
#include "sso_token.hpp"

namespace lapstrake::aws {
namespace {

// What a profile says about SSO, with its `[sso-session NAME]`.
struct SsoSettings {
  std::string session, start_url, region, account, role;
};

std::string shown_section(const SsoSettings& sso) { return cat("`[sso-session ", printable(sso.session, 80), "]`"); }

// A setting that the profile and the session have must be the same in both.
std::string sso_setting(const Profile& profile, const Section* session, const SsoSettings& sso, const char* key) {
  const auto own = profile.setting(key), shared = session != nullptr ? setting_of(*session, key) : "";
  if (!own.empty() && !shared.empty() && own != shared)
    throw Error(ErrorKind::access,
                cat("profile `", profile.name, "` and ", shown_section(sso), " have different values for `", key, "`"),
                cat("remove `", key, "` from the profile"));
  return own.empty() ? shared : own;
}

SsoSettings sso_settings(const SharedFiles& files, const Profile& profile) {
  SsoSettings sso{.session = profile.setting("sso_session"), .start_url = {}, .region = {}, .account = {}, .role = {}};
  const auto* section = sso.session.empty() ? nullptr : files.section("sso-session", sso.session);
  if (!sso.session.empty() && section == nullptr)
    throw Error(ErrorKind::access,
                cat("profile `", profile.name, "` refers to ", shown_section(sso), ", which does not exist"),
                cat("add the section to ", files.config_shown(), ", or run `aws configure sso`"));
  const std::initializer_list<std::pair<const char*, std::string SsoSettings::*>> needed{
      {"sso_start_url", &SsoSettings::start_url},
      {"sso_region", &SsoSettings::region},
      {"sso_account_id", &SsoSettings::account},
      {"sso_role_name", &SsoSettings::role}};
  for (const auto& [key, member] : needed) {
    sso.*member = sso_setting(profile, section, sso, key);
    if ((sso.*member).empty())
      throw Error(ErrorKind::access, cat("profile `", profile.name, "` uses SSO, but `", key, "` is not set"),
                  cat("set it in ", files.config_shown(), ", or run `aws configure sso --profile ", profile.name, "`"));
  }
  return sso;
}

http::Url portal_url(const Lookup& lookup, const SsoSettings& sso) {
  const auto settings = find_settings(lookup.runtime.environment, lookup.profile, lookup.region);
  auto url = http::parse_url(endpoint(Service::sso, sso.region, lookup.runtime.environment, {}, settings.endpoints));
  url.path = "/federation/credentials";
  return http::with_query(http::with_query(url, "role_name", sso.role), "account_id", sso.account);
}

void check_portal_reply(const http::Response& response, const SsoSettings& sso, const Profile& profile) {
  if (response.status == 200) return;
  if (response.status == 401) sso_login_needed(profile.name, "the SSO session has expired");
  const auto reason = cat("HTTP ", response.status, ": ", printable(trim(response.body), 200));
  if (response.status == 403 || response.status == 404)
    throw Error(ErrorKind::access,
                cat("SSO gives no credentials for the role `", printable(sso.role, 80), "` in account ",
                    printable(sso.account, 20)),
                cat("the user of the SSO session must be assigned to this account and permission set; check "
                    "`sso_account_id` and `sso_role_name` of profile `",
                    profile.name, "`"))
        .because(reason);
  throw Error(ErrorKind::network, "the SSO portal did not process the request", "try again later").because(reason);
}

// The reply has its own names, and the time in milliseconds.
Credentials read_role_credentials(const nlohmann::json& reply, const Runtime& runtime) {
  const auto& keys = member_of(reply, "roleCredentials");
  nlohmann::json usual;
  for (const auto& [own, name] :
       {std::pair("accessKeyId", "AccessKeyId"), std::pair("secretAccessKey", "SecretAccessKey"),
        std::pair("sessionToken", "SessionToken")})
    usual[name] = member_of(keys, own);
  if (const auto& expiry = member_of(keys, "expiration"); expiry.is_number())
    usual["Expiration"] = expiry.get<double>() / 1000;
  return read_key_reply(usual, "SessionToken", "the reply of the SSO portal", runtime);
}

}  // namespace

std::optional<Credentials> from_sso(const Lookup& lookup, const SharedFiles& files, const Profile& profile) {
  const auto sso = sso_settings(files, profile);
  const auto token = cached_sso_token(lookup.runtime, sso.session.empty() ? sso.start_url : sso.session, profile.name);
  http::Request request{.url = portal_url(lookup, sso), .headers = {{"x-amz-sso_bearer_token", token}}};
  const auto response = step("asking the SSO portal for credentials", [&] {
    return http::with_retry(lookup.transport, {.most_attempts = 3}, lookup.runtime, lookup.notice)(request);
  });
  check_portal_reply(response, sso, profile);
  auto found = read_role_credentials(parse_key_reply(response.body, "the reply of the SSO portal"), lookup.runtime);
  found.kind = CredentialSource::sso;
  found.source = cat("SSO of profile `", profile.name, "` (role `", printable(sso.role, 80), "` in account ",
                     printable(sso.account, 20), ")");
  return found;
}

}  // namespace lapstrake::aws
