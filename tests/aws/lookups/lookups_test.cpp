#include <lapstrake/aws/lookups/networks.hpp>
#include <lapstrake/aws/lookups/policies.hpp>
#include <lapstrake/aws/lookups/roles.hpp>
#include <lapstrake/aws/lookups/stored.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;

TEST_CASE("a trust policy names the service in any of its forms") {
  const auto policy = GENERATE(
      R"({"Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}})",
      R"({"Statement": [{"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]})",
      R"({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]})");
  CHECK(aws::trusts(json::parse(policy), "ecs-tasks.amazonaws.com"));
  CHECK_FALSE(aws::trusts(
      json::parse(
          R"({"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
                                    {"Effect": "Deny", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})"),
      "ecs-tasks.amazonaws.com"));
}

TEST_CASE("statements allow exactly the missing permissions, resources with the same actions together") {
  CHECK(aws::statements_for(
            {{"ssm:GetParameters", "arn:b"}, {"ecr:GetAuthorizationToken", "*"}, {"ssm:GetParameters", "arn:a"}})
            .dump() == R"([{"Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":["*"]},)"
                       R"({"Effect":"Allow","Action":["ssm:GetParameters"],"Resource":["arn:a","arn:b"]}])");
}

TEST_CASE("`valueFrom` names a secret or a parameter") {
  using Kind = aws::SecretSource::Kind;
  const auto secret = aws::secret_source("arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/key-a1b2c3:json::");
  CHECK(secret.kind == Kind::secret);
  CHECK(secret.id == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/key-a1b2c3");
  CHECK(secret.region == "eu-west-1");
  CHECK(aws::secret_source("/app/url").kind == Kind::parameter);
  CHECK(aws::secret_source("arn:aws:ssm:eu-west-1:123456789012:parameter/app/url").region == "eu-west-1");
}

TEST_CASE("a security group admits a port from a group or from everywhere") {
  const auto rule = [](const json& one) { return json{{"ipPermissions", json::array({one})}}; };
  const auto from_balancer = rule({{"ipProtocol", "tcp"},
                                   {"fromPort", "8000"},
                                   {"toPort", "8010"},
                                   {"groups", json::array({{{"groupId", "sg-balancer"}}})}});
  CHECK(aws::admits(from_balancer, 8000, {"sg-balancer"}));
  CHECK_FALSE(aws::admits(from_balancer, 8011, {"sg-balancer"}));
  CHECK_FALSE(aws::admits(from_balancer, 8000, {"sg-other"}));
  CHECK(aws::admits(rule({{"ipProtocol", "-1"}, {"ipRanges", json::array({{{"cidrIp", "0.0.0.0/0"}}})}}), 8000, {}));
  CHECK_FALSE(aws::admits(rule({{"ipProtocol", "udp"},
                                {"fromPort", "0"},
                                {"toPort", "65535"},
                                {"ipRanges", json::array({{{"cidrIp", "0.0.0.0/0"}}})}}),
                          8000, {}));
}

TEST_CASE("policies allow what a statement covers and no statement denies") {
  const auto allow = json::parse(
      R"({"Statement": [{"Effect": "Allow", "Action": ["ecr:Get*", "ssm:GetParameters"], "Resource": "arn:aws:*:parameter/app/?"}]})");
  const auto deny = json::parse(R"({"Statement": {"Effect": "Deny", "Action": "ssm:*", "Resource": "*/b"}})");
  CHECK(aws::allows({allow}, {"SSM:getparameters", "arn:aws:ssm:eu-west-1:1:parameter/app/a"}));
  CHECK_FALSE(aws::allows({allow}, {"ssm:GetParameters", "arn:aws:ssm:eu-west-1:1:parameter/app/aa"}));
  CHECK_FALSE(aws::allows({allow}, {"ssm:GetParameter", "arn:aws:ssm:eu-west-1:1:parameter/app/a"}));
  CHECK_FALSE(aws::allows({allow, deny}, {"ssm:GetParameters", "arn:aws:ssm:eu-west-1:1:parameter/app/b"}));
  const auto other = json::parse(R"({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}})");
  CHECK(aws::allows({other}, {"ecs:RunTask", "*"}));
  CHECK_FALSE(aws::allows({other}, {"iam:PassRole", "*"}));
}
