// The AWS APIs: signatures, and the shapes of failures.
#include "client.hpp"

using namespace sandbox_test;
using std::chrono::minutes;

TEST_CASE("a call that is signed wrongly is refused in AWS's words") {
  const Client client;
  struct Case {
    std::string name;
    Signing signing;
    std::string code, message;
  };
  const auto c = GENERATE(
      Case{"wrong secret",
           {.secret = "wrong"},
           "InvalidSignatureException",
           "The request signature we calculated does not match"},
      Case{"unknown key",
           {.key = "AKIAUNKNOWN"},
           "UnrecognizedClientException",
           "The security token included in the request"},
      Case{"a token that was not given",
           {.token = "token"},
           "UnrecognizedClientException",
           "The security token included"},
      Case{"6 minutes old", {.off = -minutes(6)}, "InvalidSignatureException", "Signature expired: "},
      Case{"6 minutes early", {.off = minutes(6)}, "InvalidSignatureException", "Signature not yet current: "},
      Case{"another body", {.body_sent = "{ }"}, "InvalidSignatureException", "The request signature we calculated"});
  CAPTURE(c.name);
  const auto reply = client.call("ecr", "DescribeRepositories", Json::object(), c.signing);
  CHECK(reply.status == 400);
  CHECK(error_code(reply) == "com.amazon.coral.service#" + c.code);
  CHECK_THAT(error_message(reply), Contains(c.message));
  CHECK(reply.headers.find("x-amzn-RequestId").value_or("").size() == 36);
}

TEST_CASE("4 minutes off are within the window") {
  const Client client;
  CHECK(client.call("ecs", "ListTaskDefinitions", Json::object(), {.off = minutes(4)}).status == 200);
  CHECK(client.call("ecs", "ListTaskDefinitions", Json::object(), {.off = -minutes(4)}).status == 200);
}

TEST_CASE("the scope must be that of the host") {
  const Client client;
  const auto region = client.call("ecr", "DescribeRepositories", Json::object(), {.region = "eu-west-1"},
                                  "api.ecr.us-east-1.amazonaws.com");
  CHECK_THAT(error_message(region), Contains("Credential should be scoped to a valid region, not 'eu-west-1'"));
  const auto service = client.call("ecs", "ListTaskDefinitions", Json::object(), {}, "api.ecr.us-east-1.amazonaws.com");
  CHECK_THAT(error_message(service), Contains("Credential should be scoped to correct service: 'ecr'"));
}

TEST_CASE("an unsigned call is told what is missing") {
  const Client client;
  const auto json = client.send("POST", "https://ecs.us-east-1.amazonaws.com/",
                                {{"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.ListTaskDefinitions"}}, "{}");
  CHECK(json.status == 400);
  CHECK(error_code(json) == "com.amazon.coral.service#MissingAuthenticationTokenException");
  const auto query = client.send("POST", "https://sts.us-east-1.amazonaws.com/",
                                 {{"Content-Type", "application/x-www-form-urlencoded"}},
                                 "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(query.status == 403);
  CHECK_THAT(query.body, Contains("<Code>MissingAuthenticationToken</Code>"));
}

TEST_CASE(
    "STS reports the caller in XML, or in JSON if the client accepts it, under its regional and its global name") {
  const Client client({.account = "210987654321"});
  for (const std::string host : {"sts.eu-west-1.amazonaws.com", "sts.amazonaws.com"}) {
    http::Request request;
    request.method = "POST";
    request.url = http::parse_url(cat("https://", host, "/"));
    request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    request.body = "Action=GetCallerIdentity&Version=2011-06-15";
    const std::string region = host == "sts.amazonaws.com" ? "us-east-1" : "eu-west-1";
    const auto reply = client.send_signed(request, "sts", {.region = region});
    CHECK(reply.status == 200);
    CHECK_THAT(reply.body, Contains("<Arn>arn:aws:iam::210987654321:user/sandbox</Arn>"));
    const auto wrong = client.send_signed(request, "sts", {.region = region, .secret = "wrong"});
    CHECK(wrong.status == 403);
    CHECK_THAT(wrong.body, Contains("<Code>SignatureDoesNotMatch</Code>"));
    request.headers.set("Accept", "application/json");
    const auto json = nlohmann::json::parse(client.send_signed(request, "sts", {.region = region}).body);
    const auto& result = json.at("GetCallerIdentityResponse").at("GetCallerIdentityResult");
    CHECK(result.at("Arn") == "arn:aws:iam::210987654321:user/sandbox");
    CHECK(result.at("Account") == "210987654321");
    const auto refused = client.send_signed(request, "sts", {.region = region, .secret = "wrong"});
    CHECK(refused.status == 403);
    CHECK(nlohmann::json::parse(refused.body).at("Error").at("Code") == "SignatureDoesNotMatch");
  }
}

TEST_CASE("calls that are nothing") {
  const Client client;
  CHECK(error_code(client.call("ecs", "Dance", Json::object())) ==
        "com.amazon.coral.service#UnknownOperationException");
  CHECK(error_code(client.call("ecs", "ListTaskDefinitions", Json("text"))) ==
        "com.amazon.coral.service#SerializationException");
  CHECK(client.send("GET", "https://ecs.us-east-1.amazonaws.com/").status == 404);
}

TEST_CASE("the endpoint on 127.0.0.1 takes the service from the call and the region from its scope") {
  const Client client;
  const std::string direct = cat("127.0.0.1:", client.box.port());
  REQUIRE(client.call("ecr", "CreateRepository", {{"repositoryName", "web"}}, {.region = "eu-west-1"}, direct).status ==
          200);
  const Json there =
      Json::parse(client.call("ecr", "DescribeRepositories", Json::object(), {.region = "eu-west-1"}).body);
  CHECK(there["repositories"][0]["repositoryUri"] == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web");
}

TEST_CASE("the login that ECR's API gives opens the registry of that region") {
  const Client client;
  const auto reply = client.call("ecr", "GetAuthorizationToken", Json::object(), {.region = "eu-west-1"});
  const Json login = Json::parse(reply.body)["authorizationData"][0];
  const std::string host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  CHECK(login["proxyEndpoint"] == "https://" + host);
  const double life = login["expiresAt"].get<double>() -
                      static_cast<double>(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  CHECK(std::abs(life - 12 * 3600) < 60);
  const std::string basic = "Basic " + login["authorizationToken"].get<std::string>();
  CHECK(client.v2("GET", cat("https://", host, "/v2/"), {{"Authorization", basic}}).status == 200);
}

TEST_CASE("what was pushed to the registry is what the API knows") {
  const Client client;
  const std::string text = client.put_image("web", "v1"), digest = oci::Digest::of(text).text();
  const Json described =
      Json::parse(client.call("ecr", "DescribeImages", {{"repositoryName", "web"}}).body)["imageDetails"][0];
  CHECK(described["imageDigest"] == digest);
  CHECK(described["imageTags"] == Json({"v1"}));
  CHECK(described["imageSizeInBytes"] == 7);
  const std::string layer = oci::Digest::of("layer").text(), absent = oci::Digest::of("absent").text();
  const Json layers = Json::parse(
      client.call("ecr", "BatchCheckLayerAvailability", {{"repositoryName", "web"}, {"layerDigests", {layer, absent}}})
          .body)["layers"];
  CHECK(layers[0]["layerAvailability"] == "AVAILABLE");
  CHECK(layers[1]["layerAvailability"] == "UNAVAILABLE");
  const Json put = {{"repositoryName", "web"}, {"imageManifest", text}, {"imageTag", "v2"}};
  CHECK(client.call("ecr", "PutImage", put).status == 200);
  CHECK(error_code(client.call("ecr", "PutImage", put)) == "ImageAlreadyExistsException");
  CHECK(client.v2("HEAD", "web/manifests/v2").headers.find("Docker-Content-Digest") == digest);
}

TEST_CASE("lists come in pages") {
  const Client client;
  for (const char* name : {"aa", "bb", "cc"})
    REQUIRE(client.call("ecr", "CreateRepository", {{"repositoryName", name}}).status == 200);
  const Json first = Json::parse(client.call("ecr", "DescribeRepositories", {{"maxResults", 2}}).body);
  CHECK(first["repositories"].size() == 2);
  const Json rest = Json::parse(
      client.call("ecr", "DescribeRepositories", {{"maxResults", 2}, {"nextToken", first["nextToken"]}}).body);
  REQUIRE(rest["repositories"].size() == 1);
  CHECK(rest["repositories"][0]["repositoryName"] == "cc");
  CHECK_FALSE(rest.contains("nextToken"));
  CHECK(error_code(client.call("ecr", "DescribeRepositories", {{"maxResults", 1001}})) == "InvalidParameterException");
}
