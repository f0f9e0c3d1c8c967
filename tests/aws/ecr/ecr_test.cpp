#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/aws/ecr/repository.hpp>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;

TEST_CASE("ECR's host names are known in all their forms, and each leads to its own API for the login") {
  struct Row {
    std::string host, region;
    bool fips, dualstack;
    std::string api;
  };
  const auto row = GENERATE(
      Row{"123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", false, false, "api.ecr.eu-west-1.amazonaws.com"},
      Row{"123456789012.DKR.ecr.EU-west-1.amazonaws.com", "eu-west-1", false, false, "api.ecr.eu-west-1.amazonaws.com"},
      Row{"123456789012.dkr.ecr-fips.us-east-2.amazonaws.com", "us-east-2", true, false,
          "ecr-fips.us-east-2.amazonaws.com"},
      Row{"123456789012.dkr.ecr-fips.ca-central-1.amazonaws.com", "ca-central-1", true, false,
          "api.ecr-fips.ca-central-1.amazonaws.com"},
      Row{"123456789012.dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1", false, false,
          "api.ecr.us-gov-west-1.amazonaws.com"},
      Row{"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", true, false,
          "ecr-fips.us-gov-west-1.amazonaws.com"},
      Row{"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", false, false,
          "api.ecr.cn-north-1.amazonaws.com.cn"},
      Row{"123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", false, false,
          "api.ecr.eusc-de-east-1.amazonaws.eu"},
      Row{"123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", false, false,
          "api.ecr.us-iso-east-1.c2s.ic.gov"},
      Row{"123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", false, false,
          "api.ecr.us-isob-east-1.sc2s.sgov.gov"},
      Row{"123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", false, false,
          "api.ecr.eu-isoe-west-1.cloud.adc-e.uk"},
      Row{"123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", false, false,
          "api.ecr.us-isof-south-1.csp.hci.ic.gov"},
      Row{"123456789012.dkr-ecr.us-east-1.on.aws", "us-east-1", false, true, "ecr.us-east-1.api.aws"},
      Row{"123456789012.dkr-ecr-fips.us-east-1.on.aws", "us-east-1", true, true, "ecr-fips.us-east-1.api.aws"},
      Row{"123456789012.dkr-ecr.us-gov-east-1.on.aws", "us-gov-east-1", false, true, "ecr.us-gov-east-1.api.aws"},
      Row{"123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "cn-north-1", false, true,
          "ecr.cn-north-1.api.amazonwebservices.com.cn"},
      Row{"123456789012.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu", "eusc-de-east-1", false, true,
          "ecr.eusc-de-east-1.api.amazonwebservices.eu"});
  CAPTURE(row.host);
  const auto found = aws::parse_ecr_host(row.host);
  REQUIRE(found);
  CHECK(found->account == "123456789012");
  CHECK(found->region == row.region);
  CHECK(found->fips == row.fips);
  CHECK(found->dualstack == row.dualstack);
  FakeAws fake;
  fake.answer(200, R"({"authorizationData":[{"authorizationToken":"QVdTOng="}]})");
  auto session = fake.session();
  session.region = found->region;
  session.form = {.fips = found->fips, .dualstack = found->dualstack};
  aws::ecr_login(session);
  CHECK(fake.requests.at(0).url.host == row.api);
  CHECK(aws::read_signed_request(fake.requests[0].headers)->region == row.region);
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

TEST_CASE("ECR Public's login comes from us-east-1, whatever the region") {
  FakeAws fake;
  fake.answer(200, R"({"authorizationData":{"authorizationToken":"QVdTOng6eQ==","expiresAt":1772323200}})");
  const auto login = aws::ecr_public_login(fake.session());
  CHECK(login.username == "AWS");
  CHECK(login.password == "x:y");
  CHECK(fake.requests[0].url.host == "api.ecr-public.us-east-1.amazonaws.com");
  CHECK(fake.requests[0].headers.find("X-Amz-Target") == "SpencerFrontendService.GetAuthorizationToken");
  const auto claimed = aws::read_signed_request(fake.requests[0].headers);
  CHECK(claimed->region == "us-east-1");
  CHECK(claimed->service == "ecr-public");
}

TEST_CASE("a reply without a usable token is an error") {
  FakeAws fake;
  fake.answer(200, GENERATE(R"({})", R"([])", R"({"authorizationData":[]})", R"({"authorizationData":{}})",
                            R"({"authorizationData":[1]})", R"({"authorizationData":[{}]})",
                            R"({"authorizationData":[{"authorizationToken":"%%"}]})",
                            R"({"authorizationData":[{"authorizationToken":"QVdT"}]})",
                            R"({"authorizationData":[{"authorizationToken":7}]})"));
  const auto error = failure_from([&] { aws::ecr_login(fake.session()); });
  CHECK_THAT(error.summary(), Contains("contains no login"));
}

namespace {
constexpr auto web_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/team/web";
std::string create_web(FakeAws& fake) {
  return aws::create_repository(fake.session(), "123456789012", "team/web").repository.arn;
}
}  // namespace

TEST_CASE("a repository is there, is not there, or could not be asked for") {
  FakeAws fake;
  const auto find = [&] { return aws::find_repository(fake.session(), "123456789012", "web"); };
  fake.answer(200, json{{"repositories",
                         {{{"repositoryArn", web_arn},
                           {"imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"},
                           {"imageTagMutabilityExclusionFilters", {{{"filterType", "WILDCARD"}, {"filter", "dev-*"}}}},
                           {"imageScanningConfiguration", {{"scanOnPush", true}}},
                           {"encryptionConfiguration", {{"encryptionType", "KMS"}, {"kmsKey", "arn:k"}}}}}}}
                       .dump());
  const auto found = find();
  REQUIRE(found);
  CHECK(found->arn == web_arn);
  CHECK(found->settings.tag_mutability == "IMMUTABLE_WITH_EXCLUSION");
  CHECK(found->settings.mutability_exclusions == std::vector<std::string>{"dev-*"});
  CHECK(found->settings.scan_on_push == true);
  CHECK(found->settings.encryption == "KMS");
  CHECK(found->settings.kms_key == "arn:k");
  CHECK(fake.body(0) == json{{"registryId", "123456789012"}, {"repositoryNames", json::array({"web"})}});
  fake.answer(400, R"({"__type":"RepositoryNotFoundException","message":"no"})");
  CHECK_FALSE(find());
  fake.answer(400, R"({"__type":"AccessDeniedException","message":"no"})");
  CHECK_THROWS_AS(find(), Error);
}

TEST_CASE("a repository is created with its settings, in ECR's own words") {
  FakeAws fake;
  fake.answer(200, json{{"repository", {{"repositoryArn", web_arn}}}}.dump());
  const auto made = aws::create_repository(fake.session(), "123456789012", "team/web",
                                           {.tag_mutability = "IMMUTABLE_WITH_EXCLUSION",
                                            .mutability_exclusions = {"latest", "dev-*"},
                                            .scan_on_push = true,
                                            .encryption = "KMS",
                                            .kms_key = "alias/web",
                                            .tags = {{"team", "web"}}});
  CHECK(made.is_new);
  CHECK(fake.body(0) == json::parse(R"({"registryId":"123456789012","repositoryName":"team/web",
    "imageTagMutability":"IMMUTABLE_WITH_EXCLUSION",
    "imageTagMutabilityExclusionFilters":[{"filterType":"WILDCARD","filter":"latest"},{"filterType":"WILDCARD","filter":"dev-*"}],
    "imageScanningConfiguration":{"scanOnPush":true},
    "encryptionConfiguration":{"encryptionType":"KMS","kmsKey":"alias/web"},"tags":[{"Key":"team","Value":"web"}]})"));
}

TEST_CASE("what a repository has otherwise than it was wanted is told") {
  const aws::EcrSettings found{.tag_mutability = "MUTABLE",
                               .scan_on_push = false,
                               .encryption = "KMS",
                               .kms_key = "arn:aws:kms:eu-west-1:1:key/a"};
  using List = std::vector<std::string>;
  CHECK(aws::differences({}, found).empty());
  CHECK(aws::differences(found, found).empty());
  CHECK(aws::differences({.tag_mutability = "IMMUTABLE"}, found) ==
        List{"its tag mutability is MUTABLE, not IMMUTABLE"});
  CHECK(aws::differences({.tag_mutability = "MUTABLE", .mutability_exclusions = {"v*"}}, found) ==
        List{"its list of excluded tags is none, not v*"});
  CHECK(aws::differences({.scan_on_push = true, .encryption = "AES256"}, found) ==
        List{"its scan on push is off, not on", "its encryption is KMS, not AES256"});
  CHECK(aws::differences({.encryption = "KMS", .kms_key = "alias/web"}, found).empty());  // an alias cannot be compared
  CHECK(aws::differences({.encryption = "KMS", .kms_key = "arn:aws:kms:eu-west-1:1:key/b"}, found).size() == 1);
}

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

// As STS answers.
std::string identity_reply(const std::string& arn, const std::string& account) {
  return cat("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>", arn, "</Arn><Account>", account,
             "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
}

TEST_CASE("who may not create in another's account is told whose account the credentials are") {
  FakeAws fake;
  fake.answer(400, R"({"__type":"InvalidParameterException","message":"Invalid registryId"})");
  SECTION("the account is another") {
    fake.answer(200, identity_reply("arn:aws:iam::210987654321:user/ci", "210987654321"));
    const auto error = failure_from([&] { create_web(fake); });
    CHECK(error.kind() == ErrorKind::access);
    CHECK(error.summary() ==
          "these AWS credentials belong to account 210987654321 (arn:aws:iam::210987654321:user/ci), but the "
          "repository belongs to account 123456789012");
    CHECK_THAT(error.reason(), Contains("Invalid registryId"));
  }
  SECTION("the account is the same") {
    fake.answer(200, identity_reply("arn:aws:iam::123456789012:user/ci", "123456789012"));
    CHECK(failure_from([&] { create_web(fake); }).kind() == ErrorKind::usage);
  }
  SECTION("nobody can tell") {
    fake.answer(403, "<Error><Code>AccessDenied</Code></Error>");
    CHECK(failure_from([&] { create_web(fake); }).kind() == ErrorKind::usage);
  }
  SECTION("nobody waits for the answer") {
    auto session = fake.session();
    session.transport = [&, inner = session.transport](const http::Request& request) {
      if (!fake.requests.empty()) throw Interrupted();
      return inner(request);
    };
    CHECK_THROWS_AS(aws::create_repository(session, "123456789012", "web"), Interrupted);
  }
}
