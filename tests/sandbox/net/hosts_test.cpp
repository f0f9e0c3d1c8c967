#include <lapstrake/sandbox/net/hosts.hpp>

#include "support/catch.hpp"

using namespace lapstrake::sandbox;

TEST_CASE("AWS's own names, in all partitions and forms") {
  struct Case {
    std::string name;
    AwsHost::Kind kind;
    std::string service, account, region;
  };
  using enum AwsHost::Kind;
  const auto c = GENERATE(
      Case{"123456789012.dkr.ecr.us-east-1.amazonaws.com", registry, "", "123456789012", "us-east-1"},
      Case{"123456789012.dkr.ecr.CN-North-1.amazonaws.com.cn", registry, "", "123456789012", "cn-north-1"},
      Case{"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", registry, "", "123456789012", "us-gov-west-1"},
      Case{"123456789012.dkr-ecr.eu-west-3.on.aws", registry, "", "123456789012", "eu-west-3"},
      Case{"123456789012.dkr-ecr-fips.us-west-2.on.aws", registry, "", "123456789012", "us-west-2"},
      Case{"123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", registry, "", "123456789012", "us-iso-east-1"},
      Case{"api.ecr.ap-southeast-2.amazonaws.com", api, "ecr", "", "ap-southeast-2"},
      Case{"ecr-fips.us-east-1.amazonaws.com", api, "ecr", "", "us-east-1"},
      Case{"ecr.us-east-1.api.aws", api, "ecr", "", "us-east-1"},
      Case{"ecs.eusc-de-east-1.amazonaws.eu", api, "ecs", "", "eusc-de-east-1"},
      Case{"ecs-fips.us-east-1.api.aws", api, "ecs", "", "us-east-1"},
      Case{"sts.amazonaws.com", api, "sts", "", "us-east-1"},
      Case{"prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com", storage, "", "", "eu-west-1"});
  CAPTURE(c.name);
  const auto found = parse_aws_host(c.name);
  REQUIRE(found);
  CHECK(found->kind == c.kind);
  CHECK(found->service == c.service);
  CHECK(found->account == c.account);
  CHECK(found->region == c.region);
}

TEST_CASE("names that are not AWS's, however near") {
  const std::string name = GENERATE(
      "123456789012.dkr.ecr.us-east-1.amazonaws.com.example.org", "12345678901.dkr.ecr.us-east-1.amazonaws.com",
      "x.123456789012.dkr.ecr.us-east-1.amazonaws.com", "123456789012.dkr.ecr.amazonaws.com", "amazonaws.com", "",
      "123456789012.dkr-ecr.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com", "lambda.amazonaws.com",
      "ecs.us-east-1.on.aws", "prod-eu-west-1-starport-layer-bucket.s3.us-east-1.amazonaws.com", "registry.example.com",
      "ecs.-1.amazonaws.com");
  CAPTURE(name);
  CHECK_FALSE(parse_aws_host(name));
}

TEST_CASE("all names of one registry are read back as that registry") {
  const std::string region = GENERATE("us-east-1", "eu-west-3");
  for (const auto& host : registry_hosts("123456789012", region)) {
    CAPTURE(host);
    REQUIRE(parse_aws_host(host));
    CHECK(parse_aws_host(host)->region == region);
  }
  CHECK(registry_host("1", "cn-north-1") == "1.dkr.ecr.cn-north-1.amazonaws.com.cn");
}
