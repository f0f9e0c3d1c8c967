#include <nlohmann/json.hpp>

#include <lapstrake/base/text.hpp>

#include "aws/credentials/machine.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;

namespace {

// sha1sum of "corp" and of "https://corp.example/start"
constexpr auto of_session = "ee0bfd2552fbd840c02cc48b6e823320543c450f",
               of_url = "f7c9b39d0b4c7a7d82c79307585f77e1c5e74378";

const std::string common = "sso_account_id = 123456789012\nsso_role_name = Deploy/er\n";
const std::string with_session = "[profile dev]\nsso_session = corp\n" + common +
                                 "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = "
                                 "https://corp.example/start\n";
const std::string old_form =
    "[profile dev]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n" + common;

constexpr auto portal_reply =
    R"({"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"sso-secret","sessionToken":"sso-session-token",)"
    R"("expiration":1772326800000}})";

Machine logged_in(const std::string& config, const std::string& cache, const std::string& expires) {
  Machine machine;
  machine.config(config);
  machine.home.write(
      cat(".aws/sso/cache/", cache, ".json"),
      json{{"accessToken", "sso-access-token"}, {"refreshToken", "sso-refresh-token"}, {"expiresAt", expires}}.dump());
  machine.answers(200, portal_reply);
  return machine;
}

}  // namespace

TEST_CASE("SSO takes the cached token to the portal, in both forms") {
  auto machine = GENERATE(false, true) ? logged_in(with_session, of_session, "2026-03-01T08:00:00Z")
                                       : logged_in(old_form, of_url, "2026-03-01T08:00:00UTC");
  const auto found = machine.find("dev").credentials;
  CHECK(found.access_key_id == "ASIASSO");
  CHECK(found.session_token == "sso-session-token");
  CHECK(found.kind == aws::CredentialSource::sso);
  CHECK(found.expires == machine.now + std::chrono::hours(1));
  const auto& request = machine.requests.at(0);
  CHECK(request.url.text() ==
        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=Deploy%2Fer&"
        "account_id=123456789012");
  CHECK(request.headers.find("x-amz-sso_bearer_token") == "sso-access-token");
  CHECK_FALSE(request.headers.find("Authorization"));
  for (const auto* secret : {"sso-access-token", "sso-refresh-token", "sso-secret", "sso-session-token"})
    CHECK(machine.is_secret(secret));
}

TEST_CASE("SSO without a login, or with one that has expired, says how to log in") {
  SECTION("none") {
    Machine machine;
    machine.config(with_session);
    CHECK(machine.failure("dev").summary() == "profile `dev` cannot be used: there is no SSO login");
    CHECK(machine.failure("dev").help() == "run `aws sso login --profile dev`");
  }
  SECTION("expired, by the cache") {
    auto machine = logged_in(with_session, of_session, "2026-02-28T23:59:59Z");
    CHECK(machine.failure("dev").summary() ==
          "profile `dev` cannot be used: its SSO login expired at 2026-02-28 23:59:59 UTC");
    CHECK(machine.requests.empty());
  }
  SECTION("ended, by the portal") {
    auto machine = logged_in(with_session, of_session, "2026-03-01T08:00:00Z");
    machine.answers(401, R"({"message":"Session token not found or invalid"})");
    CHECK(machine.failure("dev").help() == "run `aws sso login --profile dev`");
    CHECK(machine.failure("dev").code() == ErrorCode::unusable_profile);
  }
  SECTION("not JSON") {
    auto machine = logged_in(with_session, of_session, "2026-03-01T08:00:00Z");
    machine.home.write(cat(".aws/sso/cache/", of_session, ".json"), "sso-access-token");
    CHECK_THAT(machine.failure("dev").summary(), Contains("cannot be parsed"));
    CHECK_THAT(report(machine.failure("dev")), !Contains("sso-access-token"));
  }
}

TEST_CASE("SSO settings that are missing or contradict each other are named") {
  Machine machine;
  machine.config("[profile dev]\nsso_session = crop\n" + common);
  CHECK(machine.failure("dev").summary() == "profile `dev` refers to `[sso-session crop]`, which does not exist");
  machine.config("[profile dev]\nsso_start_url = x\n" + common);
  CHECK(machine.failure("dev").summary() == "profile `dev` uses SSO, but `sso_region` is not set");
  machine.config(with_session + "[profile dev]\nsso_region = us-east-1\n");
  CHECK_THAT(machine.failure("dev").summary(), Contains("different values for `sso_region`"));
}

TEST_CASE("an account or role that the user may not have, and a portal that is down") {
  auto machine = logged_in(with_session, of_session, "2026-03-01T08:00:00Z");
  machine.answers(403, R"({"message":"No access"})");
  CHECK(machine.failure("dev").summary() ==
        "SSO gives no credentials for the role `Deploy/er` in account 123456789012");
  CHECK(machine.waits.empty());
  machine.answers(503, "");
  CHECK(machine.failure("dev").kind() == ErrorKind::network);
  CHECK(machine.waits.size() == 2);
}
