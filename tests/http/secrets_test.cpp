#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/secrets.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

TEST_CASE("what signs an address or keeps its state is learnt (S07)") {
  const auto [address, told] = GENERATE(table<std::string, std::string>({
      {"https://h/b?X-Amz-Signature=0123456789ab&X-Amz-Date=20260101T000000Z", "0123456789ab"},
      {"https://h/b?X-Amz-Security-Token=IQoJ%2Fb3JpZ2lu", "IQoJ/b3JpZ2lu"},
      {"https://h/b?X-Amz-Credential=AKIAEXAMPLE%2F20260101", "AKIAEXAMPLE/20260101"},
      {"https://h/b?se=2026&sig=c2lnbmF0dXJl%3D", "c2lnbmF0dXJl="},
      {"https://h/b?Expires=1&Signature=c2lnbmF0dXJl~&Key-Pair-Id=K", "c2lnbmF0dXJl~"},
      {"/v2/app/blobs/uploads/1?_state=eyJOYW1l%2F", "eyJOYW1l/"},
      {"https://h/b?token=opaque-token#fragment", "opaque-token"},
      {"https://joe:s3cret%40pass@h/b", "s3cret@pass"},
      {"http://[not an address?token=opaque-token", "opaque-token"},
  }));
  Redactor secrets;
  learn_address(secrets, address);
  CHECK(secrets.redacted(cat("<", told, "> <", percent_encode(told), ">")) == "<REDACTED> <REDACTED>");
}

TEST_CASE("an address cannot have a digest or a common word taken for a secret") {
  Redactor secrets;
  const auto digest = cat("sha256:", std::string(64, 'a'));
  learn_address(secrets,
                cat("https://h/b?digest=", digest, "&token=", digest, "&signature=sha256&n=long-enough-value"));
  CHECK(secrets.redacted(cat(digest, " long-enough-value")) == cat(digest, " long-enough-value"));
}

TEST_CASE("a proxy's login is learnt in whatever form it is written (S07)") {
  const auto address =
      GENERATE(as<std::string>(), "http://joe:PROXYsecret@h:1", "joe:PROXYsecret@h:1", "http:/joe:PROXYsecret@h",
               "socks9://joe:PROXYsecret@h", "http://joe:PROXYsecret@[::1", "http://joe:PROXYsecret@h/?x@y",
               "http://h:1/?key=PROXYsecret", "ftp://joe:PROXY%73ecret@h");
  Redactor secrets;
  learn_proxy(secrets, address);
  CHECK(secrets.redacted("no such host: PROXYsecret") == "no such host: REDACTED");
}

TEST_CASE("requests and replies teach the run's secrets (S07)") {
  const auto secrets = std::make_shared<Redactor>();
  const auto transport = with_learnt_secrets(
      [](const Request&) {
        return Response{.status = 307, .headers = {{"Location", "/b?_state=STATEsecret"}}};
      },
      secrets);
  Request request{.url = parse_url("https://h/b?X-Amz-Signature=SIGNsecret")};
  request.headers.set("Authorization", cat("Basic ", base64(as_bytes("joe:PASSsecret"))));
  request.headers.set("X-Amz-Security-Token", "SESSIONsecret");
  transport(request);
  request.headers.set("Authorization", "Bearer BEARERsecret");
  transport(request);
  for (const std::string one : {"PASSsecret", "SESSIONsecret", "BEARERsecret", "SIGNsecret", "STATEsecret"})
    CHECK(secrets->redacted(one) == "REDACTED");
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=A, SignedHeaders=host, Signature=x");
  transport(request);
  CHECK(secrets->redacted("host AWS4-HMAC-SHA256") == "host AWS4-HMAC-SHA256");
}
