// ECR's own ways, through lapstrake's own functions: logins, repositories, rights, layers in parts.
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/inspect/inspect.hpp>
#include <lapstrake/aws/credentials/find.hpp>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/aws/ecr/repository.hpp>
#include <lapstrake/http/curl.hpp>
#include <nlohmann/json.hpp>

#include <lapstrake/app/connect/ecr_logins.hpp>
#include "error_response.hpp"
#include "journey.hpp"

using namespace lapstrake;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct EcrJourney : Journey {
  using Journey::Journey;

  // What an operator would do by the AWS command line.
  json operate(const std::string& operation, const json& input) {
    auto runtime = context().runtime;
    const auto transport = http::curl_transport({.ca_file = box->ca_file(), .user_agent = "test", .runtime = runtime});
    return aws::call({.transport = transport,
                      .credentials = aws::find_credentials(
                          {.runtime = runtime, .transport = transport, .profile = {}, .region = {}}),
                      .region = "us-east-1",
                      .runtime = runtime},
                     aws::Service::ecr, operation, input);
  }
  json described() { return operate("DescribeRepositories", {{"repositoryNames", {"web"}}})["repositories"][0]; }

  void with_settings(const std::string& settings) {
    dir.write("lapstrake.yaml", replace_all(spec(), "    tags: [v1]\n",
                                            cat("    tags: [v1]\n    repository_settings: ", settings, "\n")));
  }
  std::size_t logins() const { return count("POST", "GetAuthorizationToken"); }
  void rule(const std::string& text) { box->set_faults(cat(R"({"rules":[)", text, "]}")); }
};

constexpr auto lacks_uploads = R"({"deny":["ecr:InitiateLayerUpload"]})";
constexpr auto lacks_all = R"({"deny":["ecr:InitiateLayerUpload","ecr:DescribeRepositories"]})";

}  // namespace

TEST_CASE("a repository is made with what the spec's `repository_settings:` say") {
  EcrJourney journey(false);
  journey.with_settings(R"({ immutable_tags: true, immutable_tags_except: [dev-*], scan_on_push: true,
      encryption: { type: KMS, kms_key: "arn:aws:kms:us-east-1:123456789012:key/1" }, tags: { team: web } })");
  journey.push({.create_repository = true});
  const auto made = journey.described();
  CHECK(made["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION");
  CHECK(made["imageTagMutabilityExclusionFilters"][0]["filter"] == "dev-*");
  CHECK(made["imageScanningConfiguration"]["scanOnPush"] == true);
  CHECK(made["encryptionConfiguration"]["kmsKey"] == "arn:aws:kms:us-east-1:123456789012:key/1");
  CHECK(journey.operate("ListTagsForResource", {{"resourceArn", made["repositoryArn"]}})["tags"][0]["Value"] == "web");
}

TEST_CASE("a missing repository, a missing right, and what cannot be told apart are told as such (S25)") {
  struct Row {
    bool exists, create_asked;
    const char* faults;
    ErrorKind kind;
    const char *reason, *help;
  };
  const auto row = GENERATE(
      Row{false, false, "", ErrorKind::network, "repository `web` not found in account 123456789012, us-east-1",
          "aws ecr create-repository --region us-east-1 --repository-name web"},
      Row{true, false, lacks_uploads, ErrorKind::access,
          "closes the connection on uploads by arn:aws:iam::123456789012:user/sandbox", R"("ecr:InitiateLayerUpload")"},
      Row{true, true, lacks_uploads, ErrorKind::access, "exists, but",
          "arn:aws:ecr:us-east-1:123456789012:repository/web"},
      Row{true, false, lacks_all, ErrorKind::network,
          "either the repository `web` is missing, or ecr:InitiateLayerUpload", "--create-repository"},
      Row{false, false, lacks_all, ErrorKind::network,
          "these AWS credentials are not allowed to call ecr:DescribeRepositories", R"("Effect":"Allow")"});
  EcrJourney journey(false);
  if (row.exists) journey.operate("CreateRepository", {{"repositoryName", "web"}});
  journey.box->set_faults(row.faults);
  const auto error = failure_of([&] { journey.push({.create_repository = row.create_asked}); });
  INFO(report(error));
  CHECK(error.kind() == row.kind);
  CHECK_THAT(error.reason(), Contains(row.reason));
  CHECK_THAT(error.help(), Contains(row.help));
  CHECK_FALSE(error.steps().empty());
}

TEST_CASE("ECR Public's repositories are made by its own means") {
  EcrJourney journey(false);
  journey.dir.write("lapstrake.yaml",
                    replace_all(journey.spec(), journey.box->registry_host(), "public.ecr.aws/alias"));
  const auto error = failure_of([&] { journey.push({.create_repository = true}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.help(), Contains("aws ecr-public create-repository --region us-east-1 --repository-name web`"));
}

TEST_CASE("a repository that is there and has other settings is warned of, and stays as it is") {
  EcrJourney journey;
  journey.push();
  journey.with_settings("{ immutable_tags: true, scan_on_push: false }");
  journey.dir.write("public/index.html", "changed\n");
  journey.box->set_faults(lacks_uploads);
  failure_of([&] { journey.push(); });
  CHECK_THAT(journey.messages, Contains("is not changed: its tag mutability is MUTABLE, not IMMUTABLE"));
  CHECK_THAT(journey.messages, !Contains("scan on push"));
  CHECK(journey.described()["imageTagMutability"] == "MUTABLE");
}

TEST_CASE("`check` warns of settings for a repository that is not ECR's") {
  EcrJourney journey;
  journey.with_settings("{ scan_on_push: true }");
  CHECK(app::check(journey.context(), journey.project()).empty());
  journey.dir.write("lapstrake.yaml", replace_all(journey.dir.read("lapstrake.yaml"), journey.box->registry_host(),
                                                  "registry.example/team"));
  const auto found = app::check(journey.context(), journey.project());
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Finding::Severity::warning);
  CHECK_THAT(found[0].message, Contains("`registry.example` is not an ECR registry"));
  CHECK(found[0].where.line == 5);
}

TEST_CASE("layers whose PUT failed twice go up by ECR's own API, and the image is whole (S25)") {
  EcrJourney journey;
  auto context = journey.context();
  context.connection.parts_from = 1;
  journey.rule(R"({"match":{"method":"PUT","path":"*/blobs/uploads/*"},"do":{"reset":"body"}})");
  const auto pushed = app::push(context, journey.project(), {}, {}).at(0);
  CHECK(pushed.blobs_sent == 3);
  CHECK(journey.count("POST", "CompleteLayerUpload") == 3);
  CHECK(journey.count("PUT", "/blobs/uploads/") == 6);
  journey.box->set_faults("");
  const auto again = journey.push();
  CHECK(again.blobs_sent == 0);
  CHECK(again.references.front().digest == pushed.references.front().digest);
}

TEST_CASE("a login that expires in mid-push is renewed, and the push goes on (S26)") {
  EcrJourney journey;
  journey.rule(R"({"match":{"method":"PUT","path":"*/blobs/uploads/*"},"nth":2,"do":{"expire_token":true}})");
  CHECK(journey.push().blobs_sent == 3);
  CHECK(journey.logins() == 2);
}

TEST_CASE("ECR's rate for manifests is waited for") {
  EcrJourney journey;
  journey.rule(R"({"match":{"method":"PUT","path":"*/manifests/*"},"to":2,"do":{"throttle":true}})");
  CHECK(journey.push().blobs_sent == 3);
  CHECK(journey.troubles() == 2);
}

TEST_CASE("a layer of another repository is mounted where the account has that on, and sent where it has not") {
  const auto setting = GENERATE("ENABLED", "DISABLED");
  EcrJourney journey;
  journey.push();
  journey.operate("PutAccountSetting", {{"name", "BLOB_MOUNTING"}, {"value", setting}});
  const auto host = journey.box->registry_host();
  journey.dir.write("lapstrake.yaml", cat("images:\n  api:\n    repository: ", host, "/api\n    base: ", host,
                                          "/web:v1\n    layers: [ { name: a, directories: [ { path: /a } ] } ]\n"));
  const auto pushed = journey.push();
  CHECK(pushed.blobs_sent == (setting == std::string("ENABLED") ? 2 : 4));
  CHECK(journey.count("POST", "?mount=") > 0);
}

TEST_CASE("one login serves all hosts of a region, and is asked for by the form of the host") {
  EcrJourney journey;
  const auto image = [](const std::string& name, const std::string& host) {
    return cat("  ", name, ": { repository: ", host, "/", name,
               ", layers: [ { name: a, directories: [ { path: /a } ] } ] }\n");
  };
  journey.dir.write("lapstrake.yaml", cat("images:\n", image("aa", "123456789012.dkr-ecr-fips.us-east-1.on.aws"),
                                          image("bb", "123456789012.dkr.ecr.us-east-1.amazonaws.com"),
                                          image("cc", "210987654321.dkr.ecr.us-east-1.amazonaws.com"),
                                          image("dd", "123456789012.dkr.ecr.eu-west-1.amazonaws.com")));
  CHECK(app::push(journey.context(), journey.project(), {}, {}).size() == 4);
  std::vector<std::string> asked;
  for (const auto& record : journey.box->records())
    if (record.target.find("GetAuthorizationToken") != std::string::npos) asked.push_back(record.host);
  CHECK(asked == std::vector<std::string>{"ecr-fips.us-east-1.api.aws", "api.ecr.eu-west-1.amazonaws.com"});
}

TEST_CASE("credentials in a file that expired are read once more (S35)") {
  EcrJourney journey;
  const auto file = [&](const std::string& id, const std::string& secret) {
    journey.dir.write("credentials",
                      cat("[default]\naws_access_key_id = ", id, "\naws_secret_access_key = ", secret, "\n"));
  };
  const auto id = journey.variables["AWS_ACCESS_KEY_ID"], secret = journey.variables["AWS_SECRET_ACCESS_KEY"];
  file("AKIDOLD", "old");
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) journey.variables.erase(name);
  journey.variables["AWS_SHARED_CREDENTIALS_FILE"] = (journey.dir / "credentials").string();
  journey.rule(R"({"match":{"operation":"GetAuthorizationToken"},"nth":1,"do":{"expire_token":true}})");
  auto context = journey.context();
  context.report.log = [&](const std::string& line) {
    if (line.starts_with("AWS credentials from")) file(id, secret);  // someone signs in meanwhile
  };
  CHECK(app::push(context, journey.project(), {}, {}).at(0).blobs_sent == 3);
  CHECK(journey.logins() == 2);
  CHECK_THAT(journey.messages,
             Contains("the AWS credentials have expired; continuing with new ones from profile `default`"));
}

TEST_CASE("ECR Public is pushed to with a login, and pulled from without one") {
  EcrJourney journey;
  journey.dir.write("lapstrake.yaml",
                    replace_all(journey.spec(), journey.box->registry_host(), "public.ecr.aws/alias"));
  CHECK(journey.push().blobs_sent == 3);
  const auto look = [&] { return app::inspect(journey.context(), nullptr, "public.ecr.aws/alias/web:v1"); };
  SECTION("no credentials at all") {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) journey.variables.erase(name);
    look();
    CHECK_THAT(journey.messages, !Contains("continuing without"));
  }
  SECTION("credentials that may not log in") {
    journey.box->set_faults(R"({"deny":["ecr-public:*"]})");
    look();
    CHECK_THAT(journey.messages, Contains("continuing without a login to `public.ecr.aws`") &&
                                     Contains("ecr-public:GetAuthorizationToken"));
    journey.dir.write("public/index.html", "changed\n");
    CHECK(failure_of([&] { journey.push(); }).kind() == ErrorKind::access);
  }
}

TEST_CASE("a login is renewed at half of its life, and an old one is used while it lasts") {
  auto now = std::chrono::system_clock::time_point(1000h);
  app::EcrLogins logins([&] { return now; });
  unsigned fetched = 0;
  bool is_down = false;
  const auto login = [&](bool renew = false) {
    return logins
        .login("eu-west-1", renew,
               [&]() -> app::EcrLogins::Login {
                 if (is_down) throw Error(ErrorKind::network, "down");
                 return {{"AWS", cat("token ", ++fetched), now + 12h}, "a test"};
               })
        .token.password;
  };
  CHECK(login() == "token 1");
  now += 5h;
  CHECK(login() == "token 1");
  CHECK(login(true) == "token 2");
  now += 6h;
  CHECK(login() == "token 3");
  is_down = true;
  now += 11h;
  CHECK(login() == "token 3");
  CHECK_THROWS_AS(login(true), Error);
  now += 1h;
  CHECK_THROWS_AS(login(), Error);
}

TEST_CASE("a login whose end has passed already is not asked for at every turn") {
  app::EcrLogins logins([] { return std::chrono::system_clock::time_point(1000h); });
  unsigned fetched = 0;
  for (int i = 0; i < 3; ++i)
    logins.login("eu-west-1", false, [&]() -> app::EcrLogins::Login { return {{"AWS", "x", {}}, cat(++fetched)}; });
  CHECK(fetched == 1);
}

TEST_CASE("registry and aws know the same hosts as ECR's") {
  const std::string host = GENERATE(
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.DKR.ecr.EU-west-1.amazonaws.com",
      "123456789012.dkr.ecr-fips.us-east-2.amazonaws.com", "123456789012.dkr-ecr.us-east-1.on.aws",
      "123456789012.dkr-ecr-fips.us-gov-west-1.on.aws", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
      "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu",
      "123456789012.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu", "123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov",
      "123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk",
      "123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov",
      // and not:
      "123456789012.dkr.ecr.us-east-1.amazonaws.com.fake.example.com", "x.dkr.ecr.us-east-1.amazonaws.com",
      "a.123456789012.dkr.ecr.us-east-1.amazonaws.com", "123456789012.dkr.ecr..amazonaws.com",
      "123456789012.dkr.ecr.us-east-1.amazonaws.com:443", "123456789012.dkr.ecr.us-east-1.on.aws",
      "123456789012.dkr-ecr.us-east-1.amazonaws.com", "123456789012.dkr.ecr", "public.ecr.aws", "");
  CAPTURE(host);
  CHECK(registry::is_ecr(host) == aws::parse_ecr_host(host).has_value());
}
