#include <lapstrake/base/text.hpp>

#include "aws/credentials/machine.hpp"
#include "aws/credentials/sts_replies.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

namespace {

constexpr auto deployer = "arn:aws:iam::123456789012:role/deployer";

Machine on_kubernetes() {
  Machine machine;
  machine.home.write("token", "eyJhbGciOi.first\n");
  machine.set("AWS_ROLE_ARN", deployer);
  machine.set("AWS_WEB_IDENTITY_TOKEN_FILE", (machine.home / "token").string());
  machine.answers(200, sts_reply("AssumeRoleWithWebIdentity", "ASIAWEB"));
  return machine;
}

}  // namespace

TEST_CASE("a token file and a role in the environment are credentials from STS, by a request without a signature") {
  auto pod = on_kubernetes();
  pod.set("AWS_REGION", "eu-west-1").set("AWS_ROLE_SESSION_NAME", "web@pod");
  const auto found = pod.find().credentials;
  CHECK(found.access_key_id == "ASIAWEB");
  CHECK(found.kind == aws::CredentialSource::web_identity);
  CHECK(found.expires == std::chrono::sys_days{std::chrono::year(2026) / 3 / 1} + std::chrono::hours(1));
  CHECK(pod.requests.at(0).url.host == "sts.eu-west-1.amazonaws.com");
  CHECK_FALSE(pod.requests[0].headers.find("Authorization"));
  CHECK_THAT(pod.body(0), Contains("Action=AssumeRoleWithWebIdentity") && Contains("RoleSessionName=web%40pod") &&
                              Contains("WebIdentityToken=eyJhbGciOi.first") && !Contains("%0A"));
  for (const auto* secret : {"eyJhbGciOi.first", "secret-of-ASIAWEB", "token-of-ASIAWEB"}) CHECK(pod.is_secret(secret));
}

TEST_CASE("the token file is read again at each search") {
  auto pod = on_kubernetes();
  pod.find();
  pod.home.write("token", "eyJhbGciOi.second");
  pod.find();
  CHECK_THAT(pod.body(1), Contains("WebIdentityToken=eyJhbGciOi.second"));
}

TEST_CASE("web identity in the environment comes after keys there, and before the profile") {
  auto pod = on_kubernetes();
  pod.credentials("[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n");
  CHECK(pod.find().credentials.access_key_id == "ASIAWEB");
  CHECK(pod.find("default").credentials.access_key_id == "AKIDFILE");
  pod.set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "s");
  CHECK(pod.find().credentials.access_key_id == "AKIDENV");
}

TEST_CASE("web identity without a role is an error, a role without a token file is for other programs") {
  auto pod = on_kubernetes();
  pod.variables.erase("AWS_ROLE_ARN");
  CHECK(pod.failure().summary() == "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
  pod.set("AWS_ROLE_ARN", deployer).set("AWS_EC2_METADATA_DISABLED", "true");
  pod.variables.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  CHECK(pod.has_nothing_set());
}

TEST_CASE("a token file that is missing, empty or too long is named") {
  auto pod = on_kubernetes();
  SECTION("missing") {
    pod.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token");
    CHECK(pod.failure().summary() == "cannot read the token file `/nonexistent/token`: No such file or directory");
    CHECK_THAT(pod.failure().help(), Contains("AWS_WEB_IDENTITY_TOKEN_FILE"));
  }
  SECTION("empty") {
    pod.home.write("token", " \n");
    CHECK_THAT(pod.failure().summary(), Contains("it is empty"));
  }
  SECTION("too long") {
    pod.home.write("token", std::string(70'000, 'x'));
    CHECK_THAT(pod.failure().summary(), Contains("more than 64.0 KiB"));
  }
  SECTION("a folder") {
    pod.set("AWS_WEB_IDENTITY_TOKEN_FILE", pod.home.path().string());
    CHECK_THAT(pod.failure().summary(), Contains("cannot read the token file"));
  }
  CHECK(pod.requests.empty());
}

TEST_CASE("what STS refuses is said in terms of the token and the trust policy") {
  auto pod = on_kubernetes();
  pod.answers(400, sts_error("InvalidIdentityToken", "No OpenIDConnect provider found"));
  CHECK_THAT(pod.failure().summary(), Contains("STS does not accept the token in"));
  CHECK_THAT(pod.failure().help(), Contains("identity provider"));
  pod.answers(400, sts_error("ExpiredTokenException", "Token expired"));
  CHECK_THAT(pod.failure().help(), Contains("write a new token"));
  pod.answers(403, sts_error("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
  CHECK_THAT(pod.failure().summary(), Contains("may not assume the role"));
  CHECK_THAT(pod.failure().help(), Contains("trust policy"));
  CHECK_THAT(report(pod.failure()), !Contains("eyJhbGciOi"));
}

TEST_CASE("an identity provider that cannot be reached is asked again (IDPCommunicationError)") {
  auto pod = on_kubernetes();
  unsigned count = 0;
  pod.answers([&](const auto&) {
    return ++count == 1 ? Machine::reply(400, sts_error("IDPCommunicationError", "try again"))
                        : Machine::reply(200, sts_reply("AssumeRoleWithWebIdentity", "ASIAWEB"));
  });
  CHECK(pod.find().credentials.access_key_id == "ASIAWEB");
  CHECK(pod.waits.size() == 1);
}

TEST_CASE("a profile may have a token file too") {
  Machine machine;
  machine.home.write("token", "eyJhbGciOi.profile");
  machine.config(
      "[profile web]\nrole_arn = arn:aws-cn:iam::1:role/x\nweb_identity_token_file = ~/token\n"
      "role_session_name = a b\n");
  machine.answers(200, sts_reply("AssumeRoleWithWebIdentity", "ASIAWEB"));
  CHECK_THAT(machine.failure("web").summary(), Contains("invalid role session name `a b` in profile `web`"));
  machine.config("[profile web]\nrole_arn = arn:aws-cn:iam::1:role/x\nweb_identity_token_file = ~/token\n");
  CHECK(machine.find("web").credentials.source ==
        "role `arn:aws-cn:iam::1:role/x`, assumed with the web identity token of profile `web`");
  CHECK(machine.requests.at(0).url.host == "sts.cn-north-1.amazonaws.com.cn");
}
