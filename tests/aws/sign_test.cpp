#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

namespace {

const aws::Credentials published{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", "the documentation"};

std::chrono::system_clock::time_point published_time() {
  using namespace std::chrono;
  return sys_days{2015y / August / 30} + 12h + 36min;
}

http::Request request_for(const std::string& host, const std::string& path, const std::string& query = "") {
  http::Request request;
  request.url.host = host;
  request.url.path = path;
  request.url.query = query;
  return request;
}

aws::Signature signed_by_anyone(const http::Request& request, const aws::SignRules& rules = {}) {
  return aws::sign(request, published, {"us-east-1", "service"}, published_time(), rules);
}

std::string line_of(const std::string& text, int line) {
  std::size_t begin = 0;
  for (; line > 0; --line) begin = text.find('\n', begin) + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

// As a server gets it.
http::Request sent(http::Request request, const aws::Credentials& credentials = published) {
  for (const auto& [name, value] : aws::sign(request, credentials, {"us-east-1", "ecr"}, published_time()).added)
    request.headers.set(name, value);
  return request;
}

http::Request describe_repositories() {
  auto request = request_for("api.ecr.us-east-1.amazonaws.com", "/");
  request.method = "POST";
  request.body = std::string("{}");
  request.headers.add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
  return request;
}

}  // namespace

TEST_CASE("the vanilla GET of AWS's test suite is signed as published") {
  const auto got = signed_by_anyone(request_for("example.amazonaws.com", "/"));
  CHECK(got.canonical_request ==
        "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(got.string_to_sign ==
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
        "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63");
  CHECK(got.signature == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  CHECK(got.added.find("Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("IAM's ListUsers of AWS's documentation is signed as published") {
  auto request = request_for("iam.amazonaws.com", "/", "Action=ListUsers&Version=2010-05-08");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  const auto got = aws::sign(request, published, {"us-east-1", "iam"}, published_time());
  CHECK(got.canonical_request ==
        "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
        "content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n"
        "x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(got.string_to_sign ==
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  CHECK(got.signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST_CASE("a path that is percent-encoded on the wire is encoded again, but not for S3") {
  struct Row {
    std::string wire, twice, once;
  };
  const auto row =
      GENERATE(Row{"/a%20b", "/a%2520b", "/a%20b"}, Row{"/a%2Fb/c", "/a%252Fb/c", "/a/b/c"},
               Row{"/%E1%88%B4", "/%25E1%2588%25B4", "/%E1%88%B4"}, Row{"/a+b~c", "/a%2Bb~c", "/a%2Bb~c"},
               Row{"/v2/arn:aws:x/*", "/v2/arn%3Aaws%3Ax/%2A", "/v2/arn%3Aaws%3Ax/%2A"}, Row{"", "/", "/"});
  CAPTURE(row.wire);
  const auto request = request_for("example.amazonaws.com", row.wire);
  CHECK(line_of(signed_by_anyone(request).canonical_request, 1) == row.twice);
  CHECK(line_of(signed_by_anyone(request, {.normalize_path = false, .double_encode_path = false}).canonical_request,
                1) == row.once);
}

TEST_CASE("the canonical query is decoded, encoded strictly and sorted by name and then value") {
  struct Row {
    std::string wire, canonical;
  };
  const auto row = GENERATE(Row{"b=2&a=1", "a=1&b=2"}, Row{"Param-3=x&Param=y", "Param=y&Param-3=x"},
                            Row{"a=2&a=1&a", "a=&a=1&a=2"}, Row{"a=b/c:d e", "a=b%2Fc%3Ad%20e"},
                            Row{"a=%7E%2f", "a=~%2F"}, Row{"a=b=c", "a=b%3Dc"}, Row{"&a=1&&", "a=1"}, Row{"", ""});
  CAPTURE(row.wire);
  CHECK(line_of(signed_by_anyone(request_for("example.amazonaws.com", "/", row.wire)).canonical_request, 2) ==
        row.canonical);
}

TEST_CASE("headers that proxies change are not signed") {
  auto request = request_for("example.amazonaws.com", "/");
  for (const auto* name : {"Connection", "Expect", "TE", "Transfer-Encoding", "User-Agent", "X-Amzn-Trace-Id"})
    request.headers.add(name, "x");
  CHECK_THAT(*signed_by_anyone(request).added.find("Authorization"), Contains("SignedHeaders=host;x-amz-date,"));
}

TEST_CASE("the Host header that is signed names the port unless it is the scheme's own") {
  auto request = request_for("127.0.0.1", "/");
  request.url.scheme = "http";
  request.url.port = 5555;
  CHECK(line_of(signed_by_anyone(request).canonical_request, 3) == "host:127.0.0.1:5555");
  request.url.port = 80;
  CHECK(line_of(signed_by_anyone(request).canonical_request, 3) == "host:127.0.0.1");
}

TEST_CASE("signing again replaces the date and the token of the first time") {
  const aws::Credentials temporary{"AKIDEXAMPLE", "secret", "token", "a test"};
  auto request = sent(request_for("example.amazonaws.com", "/"), temporary);
  const auto later = published_time() + std::chrono::minutes(10);
  const auto again = aws::sign(request, temporary, {"us-east-1", "ecr"}, later);
  CHECK_THAT(again.canonical_request, Contains("x-amz-date:20150830T124600Z\n") && !Contains("T123600Z"));
  CHECK_THAT(again.canonical_request, Contains("x-amz-security-token:token\n"));
}

TEST_CASE("a server accepts what was signed") {
  const auto request = sent(describe_repositories());
  const auto claimed = aws::read_signed_request(request.headers);
  REQUIRE(claimed);
  CHECK(claimed->access_key_id == "AKIDEXAMPLE");
  CHECK(claimed->date == "20150830T123600Z");
  CHECK(claimed->region == "us-east-1");
  CHECK(claimed->service == "ecr");
  CHECK(aws::verify(request, *claimed, published.secret_access_key));
  CHECK_FALSE(aws::verify(request, *claimed, "another secret"));
}

TEST_CASE("a server refuses what was changed since it was signed") {
  using Change = void (*)(http::Request&);
  const auto change = GENERATE(
      Change([](http::Request& request) { request.body = std::string("{ }"); }),
      Change([](http::Request& request) { request.method = "PUT"; }),
      Change([](http::Request& request) { request.url.path = "/x"; }),
      Change([](http::Request& request) { request.url.query = "x"; }),
      Change([](http::Request& request) { request.headers.set("X-Amz-Target", "other"); }),
      Change([](http::Request& request) { request.headers.remove("X-Amz-Target"); }),
      Change([](http::Request& request) { request.headers.set("Host", "elsewhere.example"); }),
      Change([](http::Request& request) {  // the hash of "{}": a header is no proof of the body
        request.body = std::string("{ }");
        request.headers.set("X-Amz-Content-Sha256", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
      }));
  auto request = sent(describe_repositories());
  const auto claimed = aws::read_signed_request(request.headers);
  change(request);
  CHECK_FALSE(aws::verify(request, claimed.value(), published.secret_access_key));
}

TEST_CASE("a signature that is absent or malformed is not read") {
  const std::string good =
      "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/ecr/aws4_request, SignedHeaders=host;x-amz-date, "
      "Signature=00";
  const auto claimed = [](const std::string& authorization, const std::string& date) {
    return aws::read_signed_request({{"Authorization", authorization}, {"X-Amz-Date", date}}).has_value();
  };
  REQUIRE(claimed(good, "20150830T123600Z"));
  CHECK(claimed("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/ecr/aws4_request,SignedHeaders=host,Signature=00",
                "20150830T123600Z"));
  CHECK_FALSE(aws::read_signed_request({}).has_value());
  CHECK_FALSE(claimed(good, "20150831T123600Z"));
  CHECK_FALSE(claimed(good, "yesterday"));
  CHECK_FALSE(claimed("Basic QVdTOng=", "20150830T123600Z"));
  CHECK_FALSE(claimed("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/ecr, SignedHeaders=host, Signature=00",
                      "20150830T123600Z"));
  CHECK_FALSE(claimed("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/ecr/aws4_request, Signature=00",
                      "20150830T123600Z"));
}

TEST_CASE("a signature that leaves out the host or the date is worth nothing") {
  const auto request = sent(request_for("example.amazonaws.com", "/"));
  auto claimed = *aws::read_signed_request(request.headers);
  REQUIRE(aws::verify(request, claimed, published.secret_access_key));
  const auto names = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"host"},
                              std::vector<std::string>{"x-amz-date"}, std::vector<std::string>{"x-amz-date", "host"});
  claimed.signed_headers = names;
  CHECK_FALSE(aws::verify(request, claimed, published.secret_access_key));
}

TEST_CASE("a body that is not in memory is refused") {
  auto request = request_for("example.amazonaws.com", "/");
  request.body = http::FileRange{"/etc/hostname", 0, 1};
  CHECK_THROWS_AS(signed_by_anyone(request), Error);
}
