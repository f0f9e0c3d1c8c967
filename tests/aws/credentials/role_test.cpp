#include <lapstrake/aws/sign.hpp>

#include <lapstrake/base/text.hpp>

#include "aws/credentials/machine.hpp"
#include "aws/credentials/sts_replies.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

namespace {

constexpr auto base_keys = "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = base-secret\n";

// STS that gives the keys ASIA1, ASIA2 and so on.
Machine with_sts() {
  Machine machine;
  machine.credentials(base_keys);
  machine.set("AWS_REGION", "eu-west-1");
  machine.answers(
      [count = 0](const auto&) mutable { return Machine::reply(200, sts_reply("AssumeRole", cat("ASIA", ++count))); });
  return machine;
}

std::string signer(const Machine& machine, std::size_t request) {
  return aws::read_signed_request(machine.requests.at(request).headers)->access_key_id;
}

}  // namespace

TEST_CASE("a role is assumed with the keys of its source profile") {
  auto machine = with_sts();
  machine.config(
      "[profile ci]\nrole_arn = arn:aws:iam::1:role/ci\nsource_profile = base\nexternal_id = x/1\n"
      "role_session_name = build\nduration_seconds = 3600\n");
  const auto found = machine.find("ci").credentials;
  CHECK(found.access_key_id == "ASIA1");
  CHECK(found.kind == aws::CredentialSource::role);
  CHECK(found.source ==
        "role `arn:aws:iam::1:role/ci` of profile `ci`, assumed with profile `base` of ~/.aws/credentials");
  CHECK(signer(machine, 0) == "AKIDBASE");
  CHECK_THAT(machine.body(0), Contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fci") && Contains("ExternalId=x%2F1") &&
                                  Contains("RoleSessionName=build") && Contains("DurationSeconds=3600"));
}

TEST_CASE("an emulator's XML has credentials too") {
  auto machine = with_sts();
  machine.config("[profile ci]\nrole_arn = r\nsource_profile = base\n");
  machine.answers(200, sts_xml("AssumeRole", "ASIAXML"));
  const auto found = machine.find("ci").credentials;
  CHECK(found.access_key_id == "ASIAXML");
  CHECK(found.session_token == "token-of-ASIAXML");
  CHECK(found.expires == machine.now + std::chrono::hours(1));
}

TEST_CASE("roles are assumed along the chain of source profiles, from its end") {
  auto machine = with_sts();
  machine.config(
      "[profile a]\nrole_arn = role-a\nsource_profile = b\n[profile b]\nrole_arn = role-b\nsource_profile = base\n");
  CHECK(machine.find("a").credentials.access_key_id == "ASIA2");
  CHECK_THAT(machine.body(0), Contains("RoleArn=role-b"));
  CHECK_THAT(machine.body(1), Contains("RoleArn=role-a"));
  CHECK(signer(machine, 0) == "AKIDBASE");
  CHECK(signer(machine, 1) == "ASIA1");
}

TEST_CASE("a profile may be its own source if it has keys") {
  auto machine = with_sts();
  machine.config("[profile base]\nrole_arn = r\nsource_profile = base\n");
  CHECK(machine.find("base").credentials.access_key_id == "ASIA1");
  CHECK(signer(machine, 0) == "AKIDBASE");
}

TEST_CASE("source profiles that form a loop are an error that shows it") {
  auto machine = with_sts();
  SECTION("of two") {
    machine.config("[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n");
    CHECK(machine.failure("a").summary() == "the source profiles form a loop: a -> b -> a");
  }
  SECTION("of one") {
    machine.config("[profile a]\nrole_arn = r\nsource_profile = a\n");
    CHECK(machine.failure("a").summary() == "the source profiles form a loop: a -> a");
  }
  SECTION("beside the way in") {
    machine.config("[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = b\n");
    CHECK(machine.failure("a").summary() == "the source profiles form a loop: a -> b -> b");
  }
  CHECK(machine.requests.empty());
}

TEST_CASE("a role without a source, with two, or with one that is unusable says what to change") {
  auto machine = with_sts();
  machine.config(
      "[profile none]\nrole_arn = r\n"
      "[profile both]\nrole_arn = r\nsource_profile = base\ncredential_source = Environment\n"
      "[profile typo]\nrole_arn = r\nsource_profile = bsae\n"
      "[profile bare]\nregion = x\n[profile onbare]\nrole_arn = r\nsource_profile = bare\n"
      "[profile odd]\nrole_arn = r\ncredential_source = environment\n"
      "[profile long]\nrole_arn = r\nsource_profile = base\nduration_seconds = 1h\n");
  CHECK_THAT(machine.failure("none").summary(), Contains("neither `source_profile` nor `credential_source`"));
  CHECK_THAT(machine.failure("both").summary(), Contains("both `source_profile` and `credential_source`"));
  CHECK(machine.failure("typo").help() == "did you mean `base`?");
  CHECK(machine.failure("onbare").summary() == "the source profile `bare` of profile `onbare` has no credentials");
  CHECK_THAT(machine.failure("odd").help(), Contains("Environment, Ec2InstanceMetadata or EcsContainer"));
  CHECK_THAT(machine.failure("long").help(), Contains("from 900 to 43200"));
  CHECK(machine.requests.empty());
}

TEST_CASE("a role that needs an MFA code is refused, with the command that asks for it") {
  auto machine = with_sts();
  machine.config("[profile ci]\nrole_arn = r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n");
  const auto error = machine.failure("ci");
  CHECK(error.summary() == "profile `ci` needs an MFA code, which lapstrake does not ask for");
  CHECK_THAT(error.help(), Contains("aws configure export-credentials --profile ci --format env"));
  CHECK(error.code() == ErrorCode::unusable_profile);
}

TEST_CASE("a role may take its credentials from the environment, also with an explicit profile") {
  auto machine = with_sts();
  machine.config("[profile ci]\nrole_arn = r\ncredential_source = Environment\n");
  CHECK_THAT(machine.failure("ci").summary(),
             Contains("takes its credentials from Environment, which has no credentials"));
  machine.set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "s");
  machine.find("ci");
  CHECK(signer(machine, 0) == "AKIDENV");
}

TEST_CASE("a role that may not be assumed gives the statement to add, and names the role") {
  auto machine = with_sts();
  machine.config("[profile ci]\nrole_arn = arn:aws:iam::1:role/ci\nsource_profile = base\n");
  machine.answers(403, sts_error("AccessDenied",
                                 "User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole on "
                                 "resource: arn:aws:iam::1:role/ci"));
  const auto error = machine.failure("ci");
  CHECK(error.kind() == ErrorKind::access);
  CHECK_THAT(error.help(), Contains("sts:AssumeRole") && Contains("arn:aws:iam::1:role/ci"));
  CHECK_THAT(report(error), Contains("assuming the role `arn:aws:iam::1:role/ci` of profile `ci`"));
}

TEST_CASE("STS is asked at the configured address, and without a region at the main one of the partition") {
  auto machine = with_sts();
  machine.variables.erase("AWS_REGION");
  machine.config(
      "[profile ci]\nrole_arn = arn:aws-us-gov:iam::1:role/ci\nsource_profile = base\n"
      "[profile local]\nrole_arn = r\nsource_profile = base\nendpoint_url = http://127.0.0.1:9\n");
  machine.find("ci");
  CHECK(machine.requests.back().url.host == "sts.us-gov-west-1.amazonaws.com");
  machine.find("local");
  CHECK(machine.requests.back().url.text() == "http://127.0.0.1:9/");
}
