#include <lapstrake/aws/call.hpp>
#include <lapstrake/base/error.hpp>
#include <map>

#include "support/catch.hpp"

using namespace lapstrake;
using aws::Service;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::string endpoint(Service service, const std::string& region, const Variables& variables = {}) {
  return aws::endpoint(service, region, [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

const Variables fips{{"AWS_USE_FIPS_ENDPOINT", "true"}};
const Variables dualstack{{"AWS_USE_DUALSTACK_ENDPOINT", "TRUE"}};
const Variables both{{"AWS_USE_FIPS_ENDPOINT", "true"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}};

}  // namespace

TEST_CASE("each partition has its own names") {
  struct Row {
    std::string region, ecr, ecs, dualstack_ecs;
  };
  const auto row = GENERATE(
      Row{"eu-west-1", "api.ecr.eu-west-1.amazonaws.com", "ecs.eu-west-1.amazonaws.com", "ecs.eu-west-1.api.aws"},
      Row{"cn-north-1", "api.ecr.cn-north-1.amazonaws.com.cn", "ecs.cn-north-1.amazonaws.com.cn",
          "ecs.cn-north-1.api.amazonwebservices.com.cn"},
      Row{"us-gov-west-1", "api.ecr.us-gov-west-1.amazonaws.com", "ecs.us-gov-west-1.amazonaws.com",
          "ecs.us-gov-west-1.api.aws"},
      Row{"eusc-de-east-1", "api.ecr.eusc-de-east-1.amazonaws.eu", "ecs.eusc-de-east-1.amazonaws.eu",
          "ecs.eusc-de-east-1.api.amazonwebservices.eu"},
      Row{"us-iso-east-1", "api.ecr.us-iso-east-1.c2s.ic.gov", "ecs.us-iso-east-1.c2s.ic.gov",
          "ecs.us-iso-east-1.api.aws.ic.gov"},
      Row{"us-isob-east-1", "api.ecr.us-isob-east-1.sc2s.sgov.gov", "ecs.us-isob-east-1.sc2s.sgov.gov",
          "ecs.us-isob-east-1.api.aws.scloud"},
      Row{"eu-isoe-west-1", "api.ecr.eu-isoe-west-1.cloud.adc-e.uk", "ecs.eu-isoe-west-1.cloud.adc-e.uk",
          "ecs.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
      Row{"us-isof-south-1", "api.ecr.us-isof-south-1.csp.hci.ic.gov", "ecs.us-isof-south-1.csp.hci.ic.gov",
          "ecs.us-isof-south-1.api.aws.hci.ic.gov"},
      Row{"zz-future-9", "api.ecr.zz-future-9.amazonaws.com", "ecs.zz-future-9.amazonaws.com",
          "ecs.zz-future-9.api.aws"});
  CHECK(endpoint(Service::ecr, row.region) == "https://" + row.ecr);
  CHECK(endpoint(Service::ecs, row.region) == "https://" + row.ecs);
  CHECK(endpoint(Service::ecs, row.region, dualstack) == "https://" + row.dualstack_ecs);
}

TEST_CASE("FIPS and dualstack names") {
  CHECK(endpoint(Service::ecr, "us-east-1", fips) == "https://ecr-fips.us-east-1.amazonaws.com");
  CHECK(endpoint(Service::ecr, "us-gov-east-1", fips) == "https://ecr-fips.us-gov-east-1.amazonaws.com");
  CHECK(endpoint(Service::ecr, "ca-central-1", fips) == "https://api.ecr-fips.ca-central-1.amazonaws.com");
  CHECK(endpoint(Service::ecr, "eu-west-1", dualstack) == "https://ecr.eu-west-1.api.aws");
  CHECK(endpoint(Service::ecr, "us-west-2", both) == "https://ecr-fips.us-west-2.api.aws");
  CHECK(endpoint(Service::sts, "us-west-2", fips) == "https://sts-fips.us-west-2.amazonaws.com");
  CHECK(endpoint(Service::ecs, "us-west-2", both) == "https://ecs-fips.us-west-2.api.aws");
}

TEST_CASE("an endpoint that the environment gives wins, the service's own before the common one") {
  Variables variables{{"AWS_ENDPOINT_URL", "http://127.0.0.1:5555"}};
  CHECK(endpoint(Service::ecr, "us-east-1", variables) == "http://127.0.0.1:5555");
  variables["AWS_ENDPOINT_URL_ECR"] = "https://vpce-1.example";
  CHECK(endpoint(Service::ecr, "us-east-1", variables) == "https://vpce-1.example");
  CHECK(endpoint(Service::ecs, "us-east-1", variables) == "http://127.0.0.1:5555");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  CHECK(endpoint(Service::ecr, "us-east-1", variables) == "https://api.ecr.us-east-1.amazonaws.com");
}

TEST_CASE("a region that is absent, or would lead to another host, is refused") {
  const auto region = GENERATE("", "us-east-1.evil.example/", "eu west 1", "EU-WEST-1", "us-east-1#", "a@b");
  try {
    endpoint(Service::ecr, region);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.help(), Contains("AWS_REGION"));
  }
}

TEST_CASE("the profile's addresses come after the environment's, and those of one service before those of all") {
  const aws::ProfileEndpoints profile{.url = "http://all", .services = {{"ecs", "http://ecs"}}};
  const auto at = [&](Service service, const Variables& variables, const aws::ProfileEndpoints& of) {
    const auto look = [&](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return aws::endpoint(service, "eu-west-1", look, {}, of);
  };
  CHECK(at(Service::ecs, {}, profile) == "http://ecs");
  CHECK(at(Service::ecr, {}, profile) == "http://all");
  CHECK(at(Service::ecs, {{"AWS_ENDPOINT_URL", "http://env"}}, profile) == "http://env");
  CHECK(at(Service::ecs, {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}, profile) ==
        "https://ecs.eu-west-1.amazonaws.com");
  CHECK(at(Service::ecs, {}, {.url = "http://all", .ignored = true}) == "https://ecs.eu-west-1.amazonaws.com");
  CHECK(at(Service::ecs, {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}}, {.url = "http://all", .ignored = true}) ==
        "http://all");
  CHECK(at(Service::ecs, {}, {.fips = true}) == "https://ecs-fips.eu-west-1.amazonaws.com");
  CHECK(at(Service::ecs, {{"AWS_USE_FIPS_ENDPOINT", "false"}}, {.fips = true}) ==
        "https://ecs.eu-west-1.amazonaws.com");
  const aws::ProfileEndpoints missing{.missing_section = "local"};
  CHECK_THROWS_AS(at(Service::ecs, {}, missing), Error);
  CHECK(at(Service::ecs, {{"AWS_ENDPOINT_URL_ECS", "http://env"}}, missing) == "http://env");
}
