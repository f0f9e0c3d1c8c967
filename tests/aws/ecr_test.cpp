#include <lapstrake/aws/ecr.hpp>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/encoding.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;

TEST_CASE("ECR's host names are known in all their forms") {
  struct Row {
    std::string host, region;
    bool fips, dualstack;
  };
  const auto row =
      GENERATE(Row{"123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", false, false},
               Row{"123456789012.DKR.ecr.EU-west-1.amazonaws.com", "eu-west-1", false, false},
               Row{"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", false, false},
               Row{"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", true, false},
               Row{"123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", false, false},
               Row{"123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", false, false},
               Row{"123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", false, false},
               Row{"123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", false, false},
               Row{"123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", false, false},
               Row{"123456789012.dkr-ecr.us-east-1.on.aws", "us-east-1", false, true},
               Row{"123456789012.dkr-ecr-fips.us-east-1.on.aws", "us-east-1", true, true},
               Row{"123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1", false, true});
  CAPTURE(row.host);
  const auto found = aws::parse_ecr_host(row.host);
  REQUIRE(found);
  CHECK(found->account == "123456789012");
  CHECK(found->region == row.region);
  CHECK(found->fips == row.fips);
  CHECK(found->dualstack == row.dualstack);
}

TEST_CASE("a host that only resembles ECR's is not ECR") {
  const auto host = GENERATE(
      "123456789012.dkr.ecr.us-east-1.amazonaws.com.fake.example.com", "fake.example.com", "",
      "x123456789012.dkr.ecr.us-east-1.amazonaws.com", "12345678901.dkr.ecr.us-east-1.amazonaws.com",
      "123456789012.dkr.ecr.us-east-1.amazonaws.co", "123456789012.dkr.ecr.us-east-1.amazonaws.com.",
      "123456789012.dkr.ecr..amazonaws.com", "123456789012.dkr.ecr.amazonaws.com", "123456789012.dkr.ecr.us-east-1",
      "123456789012.dkr.ecrx.us-east-1.amazonaws.com", "a.123456789012.dkr.ecr.us-east-1.amazonaws.com",
      "123456789012.dkr-ecr.us-east-1.amazonaws.com", "123456789012.dkr.ecr.us-east-1.on.aws",
      "123456789012.dkr.ecr.us_east.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com:443",
      "123456789012-dkr.ecr.us-east-1.amazonaws.com", "public.ecr.aws");
  CAPTURE(host);
  CHECK_FALSE(aws::parse_ecr_host(host));
}

TEST_CASE("public ECR is a registry of another kind") {
  CHECK(aws::is_public_ecr("public.ecr.aws"));
  CHECK(aws::is_public_ecr("ecr-public.aws.com"));
  CHECK_FALSE(aws::is_public_ecr("public.ecr.aws.example.com"));
}

TEST_CASE("the login is what the token holds, of any length and with any colon") {
  FakeAws fake;
  const std::string password = std::string(9000, 'p') + ":x==";
  fake.answer(200, json{{"authorizationData",
                         {{{"authorizationToken", base64(as_bytes("AWS:" + password))},
                           {"expiresAt", 1772323200.5},
                           {"proxyEndpoint", "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com"}}}}}
                       .dump());
  const auto login = aws::ecr_login(fake.session());
  CHECK(login.username == "AWS");
  CHECK(login.password == password);
  CHECK(login.expires == std::chrono::system_clock::time_point(std::chrono::seconds(1772323200)));
  CHECK(fake.operation(0) == "GetAuthorizationToken");
  CHECK(fake.body(0) == json::object());
}

TEST_CASE("a reply without a usable token is an error") {
  FakeAws fake;
  fake.answer(200, GENERATE(R"({})", R"([])", R"({"authorizationData":[]})", R"({"authorizationData":{}})",
                            R"({"authorizationData":[1]})", R"({"authorizationData":[{}]})",
                            R"({"authorizationData":[{"authorizationToken":"%%"}]})",
                            R"({"authorizationData":[{"authorizationToken":"QVdT"}]})",
                            R"({"authorizationData":[{"authorizationToken":7}]})"));
  const auto error = failure_from([&] { aws::ecr_login(fake.session()); });
  CHECK_THAT(error.summary(), Contains("holds no login"));
}

TEST_CASE("a repository is there, is not there, or could not be asked for") {
  FakeAws fake;
  fake.answer(200, R"({"repositories":[{"repositoryName":"web"}]})");
  CHECK(aws::repository_exists(fake.session(), "123456789012", "web"));
  CHECK(fake.body(0) == json{{"registryId", "123456789012"}, {"repositoryNames", json::array({"web"})}});
  fake.answer(400, R"({"__type":"RepositoryNotFoundException","message":"no"})");
  CHECK_FALSE(aws::repository_exists(fake.session(), "123456789012", "web"));
  fake.answer(400, R"({"__type":"AccessDeniedException","message":"no"})");
  CHECK_THROWS_AS(aws::repository_exists(fake.session(), "123456789012", "web"), Error);
}

namespace {
constexpr auto web_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/team/web";
std::string create_web(FakeAws& fake) { return aws::create_repository(fake.session(), "123456789012", "team/web"); }
}  // namespace

TEST_CASE("a repository is created in the account that the reference names, and its ARN is told") {
  FakeAws fake;
  fake.answer(200, json{{"repository", {{"repositoryArn", web_arn}}}}.dump());
  CHECK(create_web(fake) == web_arn);
  CHECK(fake.operation(0) == "CreateRepository");
  CHECK(fake.body(0) == json{{"registryId", "123456789012"}, {"repositoryName", "team/web"}});
}

TEST_CASE("creating a repository that is there is success, if it is there in that account") {
  FakeAws fake;
  fake.answer(400, R"({"__type":"RepositoryAlreadyExistsException","message":"there"})");
  SECTION("it is") {
    fake.answer(200, json{{"repositories", {{{"repositoryArn", web_arn}}}}}.dump());
    CHECK(create_web(fake) == web_arn);
    CHECK(fake.operation(1) == "DescribeRepositories");
    CHECK(fake.body(1) == json{{"registryId", "123456789012"}, {"repositoryNames", json::array({"team/web"})}});
  }
  SECTION("it is not") {
    fake.answer(400, R"({"__type":"RepositoryNotFoundException","message":"not in that registry"})");
    CHECK_THROWS_AS(create_web(fake), Error);
  }
}

TEST_CASE("a repository that cannot be created, or a reply without its ARN, is an error") {
  FakeAws fake;
  fake.answer(400, R"({"__type":"LimitExceededException","message":"100000"})");
  CHECK_THROWS_AS(create_web(fake), Error);
  fake.answer(200, GENERATE("{}", "[]", R"({"repository":[]})", R"({"repository":{"repositoryArn":7}})"));
  CHECK_THAT(failure_from([&] { create_web(fake); }).summary(), Contains("no repositoryArn"));
}

TEST_CASE("who may not create in another's account is told whose account the credentials are") {
  FakeAws fake;
  fake.answer(400, R"({"__type":"InvalidParameterException","message":"Invalid registryId"})");
  SECTION("the account is another") {
    fake.answer(200, "<Arn>arn:aws:iam::210987654321:user/ci</Arn><Account>210987654321</Account>");
    const auto error = failure_from([&] { create_web(fake); });
    CHECK(error.fault() == Fault::access);
    CHECK(error.summary() ==
          "these AWS credentials are of account 210987654321 (arn:aws:iam::210987654321:user/ci), and the repository "
          "would be account 123456789012's");
    CHECK_THAT(error.reason(), Contains("Invalid registryId"));
  }
  SECTION("the account is the same") {
    fake.answer(200, "<Arn>arn:aws:iam::123456789012:user/ci</Arn><Account>123456789012</Account>");
    CHECK(failure_from([&] { create_web(fake); }).fault() == Fault::usage);
  }
  SECTION("nobody can tell") {
    fake.answer(403, "<Error><Code>AccessDenied</Code></Error>");
    CHECK(failure_from([&] { create_web(fake); }).fault() == Fault::usage);
  }
}
