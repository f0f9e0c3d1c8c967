#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/text.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using aws::Service;
using nlohmann::json;

namespace {

json describe(FakeAws& fake) {
  return aws::call(fake.session(), Service::ecr, "DescribeRepositories", {{"maxResults", 1}});
}

Error failure_of(FakeAws& fake) {
  return failure_from([&] { describe(fake); });
}

std::string json_error(const std::string& code, const std::string& message = "why") {
  return json{{"__type", code}, {"message", message}}.dump();
}

}  // namespace

TEST_CASE("a JSON call is a signed POST that names its operation") {
  FakeAws fake;
  fake.credentials.session_token = "token";
  fake.answer(200, R"({"repositories":[]})");
  CHECK(describe(fake) == json{{"repositories", json::array()}});
  const auto& request = fake.requests.at(0);
  CHECK(request.method == "POST");
  CHECK(request.url.text() == "https://api.ecr.eu-west-1.amazonaws.com/");
  CHECK(request.headers.find("Content-Type") == "application/x-amz-json-1.1");
  CHECK(request.headers.find("X-Amz-Target") == "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
  CHECK(std::get<std::string>(request.body) == R"({"maxResults":1})");
  const auto claimed = aws::read_signed_request(request.headers);
  REQUIRE(claimed);
  CHECK(claimed->date == "20260301T000000Z");
  CHECK(claimed->region == "eu-west-1");
  CHECK(claimed->service == "ecr");
  CHECK(claimed->session_token == "token");
  CHECK(aws::verify(request, *claimed, "secret"));
}

TEST_CASE("STS is asked by query, and answers in JSON or in XML") {
  FakeAws fake;
  fake.answer(
      200,
      GENERATE(R"({"GetCallerIdentityResponse": {"GetCallerIdentityResult": {"Account": "123456789012",
                   "Arn": "arn:aws:iam::123456789012:user/ci", "UserId": "AIDA"}, "ResponseMetadata": {"RequestId": "1"}}})",
               "<?xml version=\"1.0\"?><GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
               "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ci</Arn><UserId>AIDA</UserId>"
               "<Account>\n123456789012 </Account></GetCallerIdentityResult></GetCallerIdentityResponse>"));
  const auto identity = aws::caller_identity(fake.session());
  CHECK(identity.account == "123456789012");
  CHECK(identity.arn == "arn:aws:iam::123456789012:user/ci");
  CHECK(std::get<std::string>(fake.requests[0].body) == "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(fake.requests[0].url.host == "sts.eu-west-1.amazonaws.com");
  CHECK(fake.requests[0].headers.find("Accept") == "application/json");
  CHECK_FALSE(fake.requests[0].headers.find("X-Amz-Target"));
}

TEST_CASE("an answer to STS that is no identity is an error") {
  FakeAws fake;
  fake.answer(200, GENERATE("", "<html><body>Log in</body></html>", "{}", "<Arn>x</Arn><Account", "<<<>>>&&&",
                            "<Account></Account><Arn>x</Arn>", R"({"GetCallerIdentityResponse": []})"));
  CHECK(failure_from([&] { aws::caller_identity(fake.session()); }).kind() == ErrorKind::network);
}

TEST_CASE("an error's code and message are found wherever the reply has them") {
  struct Row {
    std::string body;
    http::Headers headers;
    std::string reason;
  };
  const auto row = GENERATE(
      Row{R"({"__type":"RepositoryNotFoundException","message":"none"})", {}, "RepositoryNotFoundException: none"},
      Row{R"({"__type":"com.amazonaws.ecr#RepositoryNotFoundException","Message":"none"})",
          {},
          "RepositoryNotFoundException: none"},
      Row{R"({"message":"none"})",
          {{"x-amzn-ErrorType", "RepositoryNotFoundException:http://internal.amazon.com/coral/x#y"}},
          "RepositoryNotFoundException: none"},
      Row{"", {{"X-Amzn-ErrorType", "RepositoryNotFoundException"}}, "RepositoryNotFoundException"},
      Row{R"({"__type":"RepositoryNotFoundException","message":"none"})",
          {{"x-amzn-RequestId", "abc-1"}},
          "RepositoryNotFoundException: none (request id abc-1)"},
      Row{"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ErrorResponse><Errors><Error><Code>RepositoryNotFoundException"
          "</Code><Message>none</Message><Type>Sender</Type></Error></Errors></ErrorResponse>",
          {},
          "RepositoryNotFoundException: none"},
      Row{R"({"Error": {"Code": "RepositoryNotFoundException", "Message": "none", "Type": "Sender"}, "RequestId": "r2"})",
          {},
          "RepositoryNotFoundException: none (request id r2)"},
      Row{"<ErrorResponse><Error><Type>Sender</Type><Code>RepositoryNotFoundException</Code><Message>m</Message>"
          "</Error><RequestId>r1</RequestId></ErrorResponse>",
          {},
          "RepositoryNotFoundException: m (request id r1)"});
  FakeAws fake;
  fake.answer(400, row.body, row.headers);
  const auto error = failure_of(fake);
  CHECK(error.reason() == row.reason);
  CHECK(error.service().code == "RepositoryNotFoundException");
  CHECK(error.kind() == ErrorKind::network);
  CHECK(fake.requests.size() == 1);
}

TEST_CASE("an error that is not AWS's own has no code and shows what came") {
  struct Row {
    std::string body, reason;
  };
  const auto row = GENERATE(Row{"Blocked by the proxy", "HTTP 418: Blocked by the proxy"}, Row{"", "HTTP 418"},
                            Row{"{\"a\": \x01}", "HTTP 418: {\"a\": \\x01}"}, Row{"[1]", "HTTP 418: [1]"});
  FakeAws fake;
  fake.answer(418, row.body);
  const auto error = failure_of(fake);
  CHECK(error.reason() == row.reason);
  CHECK(error.service().code.empty());
}

TEST_CASE("what a new attempt may heal is tried again, whatever its status") {
  struct Row {
    int status;
    std::string code;
  };
  const auto row = GENERATE(Row{400, "ThrottlingException"}, Row{400, "Throttling"}, Row{400, "RequestLimitExceeded"},
                            Row{400, "TooManyRequestsException"}, Row{400, "RequestTimeout"},
                            Row{500, "ServerException"}, Row{500, "InternalFailure"},
                            Row{503, "ServiceUnavailableException"}, Row{429, "X"}, Row{502, ""}, Row{504, ""});
  CAPTURE(row.status, row.code);
  FakeAws fake;
  fake.answer(row.status, row.code.empty() ? "<html>bad gateway</html>" : json_error(row.code)).answer(200, "{}");
  CHECK(describe(fake) == json::object());
  CHECK(fake.requests.size() == 2);
  CHECK(fake.waits.size() == 1);
}

TEST_CASE("a quota is not tried again") {
  FakeAws fake;
  fake.answer(400, json_error("LimitExceededException"));
  CHECK(failure_of(fake).service().code == "LimitExceededException");
  CHECK(fake.requests.size() == 1);
}

TEST_CASE("a lost connection is tried again") {
  FakeAws fake;
  fake.lose_connection().lose_connection().answer(200, "{}");
  describe(fake);
  CHECK(fake.requests.size() == 3);
  CHECK_THAT(fake.notices.at(0), Contains("attempt 1 of 6 failed"));
}

TEST_CASE("AWS's own wish for a wait, in milliseconds, is heard") {
  FakeAws fake;
  fake.answer(400, json_error("ThrottlingException"), {{"x-amz-retry-after", "7000"}}).answer(200, "{}");
  describe(fake);
  CHECK(fake.waits.at(0) >= std::chrono::seconds(7));
}

TEST_CASE("a wait that AWS wants for ever is not waited for") {
  FakeAws fake;
  fake.answer(400, json_error("ThrottlingException"), {{"x-amz-retry-after", "9223372036854775807"}});
  CHECK_THAT(failure_from([&] { describe(fake); }).help(), Contains("try again in 31536000.0 s"));
  CHECK(fake.waits.empty());
}

TEST_CASE("four throttles in a row, told by HTTP 400, are waited out with growing patience (S35)") {
  FakeAws fake;
  for (int i = 0; i < 4; ++i) fake.answer(400, json_error("ThrottlingException", "Rate exceeded"));
  fake.answer(200, "{}");
  describe(fake);
  REQUIRE(fake.waits.size() == 4);
  CHECK(fake.waits[3] >= 8 * fake.waits[0]);
}

TEST_CASE("throttling without an end fails as a network fault with AWS's reason") {
  FakeAws fake;
  for (int i = 0; i < 6; ++i) fake.answer(400, json_error("ThrottlingException", "Rate exceeded"));
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::network);
  CHECK(error.reason() == "ThrottlingException: Rate exceeded");
  CHECK(fake.is_empty());
}

TEST_CASE("each new attempt is signed with the time it is sent at") {
  FakeAws fake;
  auto session = fake.session();
  session.runtime.sleep = [&](auto) { fake.now += std::chrono::minutes(1); };
  fake.answer(500, "").answer(200, "{}");
  aws::call(session, Service::ecs, "ListClusters", json::object());
  CHECK(fake.requests[0].headers.find("X-Amz-Date") == "20260301T000000Z");
  CHECK(fake.requests[1].headers.find("X-Amz-Date") == "20260301T000100Z");
  CHECK(fake.requests[1].headers.find_all("Authorization").size() == 1);
}

TEST_CASE("a clock that is off is corrected once by the server's, with a warning (S35)") {
  const auto code = GENERATE("SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed",
                             "RequestExpired", "RequestInTheFuture");
  FakeAws fake;
  fake.answer(403, json_error(code), {{"Date", "Sun, 01 Mar 2026 01:02:00 GMT"}}).answer(200, "{}");
  describe(fake);
  CHECK(fake.requests.at(1).headers.find("X-Amz-Date") == "20260301T010200Z");
  CHECK(fake.notices ==
        std::vector<std::string>{"this machine's clock is 62 minutes behind AWS's; signing with AWS's time"});
}

TEST_CASE("a clock that is ahead is corrected too, and only once") {
  FakeAws fake;
  fake.answer(403, json_error("SignatureDoesNotMatch"), {{"Date", "Sat, 28 Feb 2026 23:50:00 GMT"}});
  fake.answer(403, json_error("SignatureDoesNotMatch"), {{"Date", "Sat, 28 Feb 2026 23:30:00 GMT"}});
  CHECK_THAT(failure_of(fake).summary(), Contains("does not match the access key id"));
  CHECK(fake.requests.size() == 2);
  CHECK(fake.requests.at(1).headers.find("X-Amz-Date") == "20260228T235000Z");
  CHECK_THAT(fake.notices.at(0), Contains("10 minutes ahead of"));
}

TEST_CASE("a clock that is right, or a reply without a date, is no reason to sign again") {
  const auto headers = GENERATE(http::Headers{}, http::Headers{{"Date", "Sun, 01 Mar 2026 00:03:59 GMT"}},
                                http::Headers{{"Date", "later"}});
  FakeAws fake;
  fake.answer(403, json_error("SignatureDoesNotMatch"), headers);
  CHECK(failure_of(fake).kind() == ErrorKind::access);
  CHECK(fake.requests.size() == 1);
  CHECK(fake.notices.empty());
}

TEST_CASE("a wrong secret names the key id and where it came from, not the secret") {
  FakeAws fake;
  fake.credentials.secret_access_key = "hush";
  fake.answer(403, json_error(GENERATE("SignatureDoesNotMatch", "InvalidSignatureException")));
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::access);
  CHECK(error.summary() == "the secret access key does not match the access key id `AKIDEXAMPLE`");
  CHECK_THAT(error.help(), Contains("AWS_ACCESS_KEY_ID in the environment"));
  CHECK_THAT(report(error), !Contains("hush"));
}

TEST_CASE("a key id that AWS does not know is an access fault that names its source") {
  FakeAws fake;
  fake.credentials = {"AKIDGONE", "secret", "", "profile `ci` of ~/.aws/credentials"};
  fake.answer(403, json_error(GENERATE("UnrecognizedClientException", "InvalidClientTokenId")));
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::access);
  CHECK(error.summary() == "AWS does not accept the access key id `AKIDGONE`");
  CHECK_THAT(error.help(), Contains("profile `ci` of ~/.aws/credentials"));
}

TEST_CASE("expired credentials are told as such, with the way to new ones") {
  FakeAws fake;
  fake.answer(400, json_error(GENERATE("ExpiredToken", "ExpiredTokenException")));
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::access);
  CHECK(error.summary() == "the AWS credentials have expired (AWS_ACCESS_KEY_ID in the environment)");
  CHECK_THAT(error.help(), Contains("aws configure export-credentials"));
}

TEST_CASE("credentials that expired are looked for once more, and the new ones are used (S35)") {
  FakeAws fake;
  auto session = fake.session();
  unsigned reloads = 0;
  const auto again = GENERATE("AKIDNEW", "AKIDEXAMPLE");
  const auto find = [&] {
    ++reloads;
    return aws::Credentials{again, "secret", "", "profile `ci` of ~/.aws/credentials"};
  };
  session.live = std::make_shared<aws::LiveCredentials>(session.runtime.clock, find, session.credentials);
  const auto describe_with = [&] { return aws::call(session, Service::ecr, "DescribeRepositories", json::object()); };
  fake.answer(400, json_error("ExpiredTokenException")).answer(200, "{}");
  if (again == std::string("AKIDNEW")) {
    describe_with();
    CHECK(aws::read_signed_request(fake.requests.at(1).headers)->access_key_id == "AKIDNEW");
    CHECK_THAT(fake.notices.at(0), Contains("have expired") && Contains("profile `ci`"));
  } else {  // the same again: as in the environment, which cannot change
    CHECK_THAT(failure_from(describe_with).summary(), Contains("have expired"));
    CHECK(fake.requests.size() == 1);
  }
  CHECK(reloads == 1);
}

TEST_CASE("new credentials that have expired too are not replaced again, nor is a failure to find any told instead") {
  FakeAws fake;
  auto session = fake.session();
  unsigned reloads = 0;
  const bool found = GENERATE(true, false);
  const auto find = [&]() -> aws::Credentials {
    if (!found) throw Error(ErrorKind::access, "no AWS credentials found");
    return {cat("AKIDNEW", ++reloads), "secret", "token", "a file"};
  };
  session.live = std::make_shared<aws::LiveCredentials>(session.runtime.clock, find, session.credentials);
  fake.answer(400, json_error("ExpiredToken")).answer(400, json_error("ExpiredToken"));
  const auto error = failure_from([&] { aws::call(session, Service::ecr, "DescribeRepositories", json::object()); });
  CHECK_THAT(error.summary(), Contains("have expired"));
  CHECK(fake.requests.size() == (found ? 2 : 1));
}

TEST_CASE("a missing permission gives the statement to add") {
  FakeAws fake;
  fake.answer(400, json_error("AccessDeniedException",
                              "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: "
                              "ecr:DescribeRepositories on resource: arn:aws:ecr:eu-west-1:123456789012:repository/web "
                              "because no identity-based policy allows the ecr:DescribeRepositories action"));
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::access);
  CHECK(error.summary() == "these AWS credentials are not allowed to call ecr:DescribeRepositories");
  CHECK(error.help() ==
        "add this statement to a policy of arn:aws:iam::123456789012:user/ci:\n"
        R"({"Effect":"Allow","Action":"ecr:DescribeRepositories",)"
        R"("Resource":"arn:aws:ecr:eu-west-1:123456789012:repository/web"})");
}

TEST_CASE("a missing permission without a sentence still names the action") {
  FakeAws fake;
  fake.answer(403, json_error("AccessDenied", "no"));
  const auto error = failure_of(fake);
  CHECK_THAT(error.help(), Contains(R"({"Effect":"Allow","Action":"ecr:DescribeRepositories","Resource":"*"})"));
}

TEST_CASE("PassRole is named with its condition, and a Deny is not answered with an Allow") {
  FakeAws fake;
  fake.answer(400,
              json_error("AccessDeniedException",
                         "User: arn:aws:iam::1:user/ci is not authorized to perform: iam:PassRole on resource: "
                         "arn:aws:iam::1:role/exec because no identity-based policy allows the iam:PassRole action"));
  CHECK_THAT(failure_of(fake).help(),
             Contains(R"("Resource":"arn:aws:iam::1:role/exec")") &&
                 Contains(R"("Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}})"));
  fake.answer(400, json_error("AccessDeniedException",
                              "User: u is not authorized to perform: ecr:X on resource: r with an explicit deny in a "
                              "service control policy"));
  CHECK_THAT(failure_of(fake).help(), Contains("denies ecr:X") && !Contains("Allow\""));
}

TEST_CASE("what AWS calls a client's mistake is a usage fault") {
  FakeAws fake;
  fake.answer(400, json_error(GENERATE("ClientException", "InvalidParameterException", "ValidationException")));
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "AWS rejected ecr:DescribeRepositories in eu-west-1");
}

TEST_CASE("a page that is not JSON, with status 200, is an integrity fault that names the call") {
  FakeAws fake;
  fake.answer(200, "<html>Please log in</html>");
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("the reply to ecr:DescribeRepositories"));
}

TEST_CASE("a call without a region fails before anything is sent") {
  FakeAws fake;
  fake.region = "";
  const auto error = failure_of(fake);
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(fake.requests.empty());
}
