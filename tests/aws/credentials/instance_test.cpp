#include "aws/credentials/machine.hpp"
#include "support/catch.hpp"

using namespace lapstrake;

namespace {

const std::string folder = "/latest/meta-data/iam/security-credentials/";

// The metadata service of an instance with the role `web`.
http::Response metadata(const http::Request& request) {
  if (request.method == "PUT" && request.url.path == "/latest/api/token") return Machine::reply(200, "imds-token-1");
  if (request.headers.find("x-aws-ec2-metadata-token") != "imds-token-1") return Machine::reply(401, "");
  if (request.url.path == folder) return Machine::reply(200, "web");
  if (request.url.path == folder + "web")
    return Machine::reply(200, R"({"Code":"Success","AccessKeyId":"ASIAEC2","SecretAccessKey":"ec2-secret",)"
                               R"("Token":"ec2-session-token","Expiration":"2026-03-01T06:00:00Z"})");
  if (request.url.path == "/latest/meta-data/placement/region") return Machine::reply(200, "eu-west-3");
  return Machine::reply(404, "");
}

Machine instance() {
  Machine machine;
  machine.answers(metadata);
  return machine;
}

}  // namespace

TEST_CASE("an instance gives the credentials of its role, by IMDSv2, in time and without a proxy") {
  auto machine = instance();
  const auto found = machine.find().credentials;
  CHECK(found.access_key_id == "ASIAEC2");
  CHECK(found.kind == aws::CredentialSource::instance);
  CHECK(found.source == "the role `web` of this EC2 instance");
  CHECK(found.expires == machine.now + std::chrono::hours(6));
  CHECK(machine.requests.at(0).url.text() == "http://169.254.169.254/latest/api/token");
  CHECK(machine.requests[0].headers.find("x-aws-ec2-metadata-token-ttl-seconds") == "21600");
  for (const auto& request : machine.requests) {
    CHECK(request.never_by_proxy);
    CHECK(request.most_time == std::chrono::seconds(1));
  }
  CHECK(machine.is_secret("imds-token-1"));
  CHECK(machine.is_secret("ec2-session-token"));
}

TEST_CASE("where nobody answers, or a service without tokens, there is no instance, after one request") {
  Machine machine;
  CHECK(machine.has_nothing_set());
  CHECK(machine.requests.size() == 1);
  machine.answers(GENERATE(400, 403, 404, 405), "");  // IMDSv1 is not asked
  CHECK(machine.has_nothing_set());
  CHECK(machine.requests.size() == 2);
}

TEST_CASE("an instance without a role has no credentials; a role that EC2 may not assume says so") {
  auto machine = instance();
  machine.answers(
      [](const auto& request) { return request.url.path == folder ? Machine::reply(404, "") : metadata(request); });
  CHECK(machine.has_nothing_set());
  machine.answers([](const auto& request) {
    return request.url.path == folder + "web"
               ? Machine::reply(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume it"})")
               : metadata(request);
  });
  CHECK_THAT(machine.failure().summary(), Contains("role `web` gives no credentials"));
  CHECK_THAT(machine.failure().help(), Contains("ec2.amazonaws.com"));
}

TEST_CASE("the metadata service may be disabled, elsewhere, slower, or reached by IPv6") {
  auto machine = instance();
  SECTION("disabled") {
    machine.set("AWS_EC2_METADATA_DISABLED", "True");
    CHECK(machine.has_nothing_set());
    CHECK(machine.requests.empty());
  }
  SECTION("elsewhere") {
    machine.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/");
    machine.find();
    CHECK(machine.requests.at(0).url.text() == "http://127.0.0.1:1338/latest/api/token");
  }
  SECTION("no address") {
    machine.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "nonsense");
    CHECK_THAT(machine.failure().summary(), Contains("is not an address"));
  }
  SECTION("slower") {
    machine.set("AWS_METADATA_SERVICE_TIMEOUT", "5");
    machine.find();
    CHECK(machine.requests.at(0).most_time == std::chrono::seconds(5));
  }
  SECTION("IPv6") {
    machine.set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6");
    machine.find();
    CHECK(machine.requests.at(0).url.host == "[fd00:ec2::254]");
  }
}

TEST_CASE("the region of an instance is told by its metadata service") {
  auto machine = instance();
  CHECK(aws::instance_region(machine.lookup()) == "eu-west-3");
  machine.service = nullptr;
  CHECK(aws::instance_region(machine.lookup()) == std::nullopt);
}
