#include <lapstrake/base/error.hpp>
#include <lapstrake/http/url.hpp>
#include <tuple>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

TEST_CASE("a location is resolved as RFC 3986 says, and its query is kept") {
  // Ten forms that registries are known to send.
  const auto [location, expected] = GENERATE(table<std::string, std::string>({
      {"/v2/web/blobs/uploads/u1", "https://r.example:5000/v2/web/blobs/uploads/u1"},
      {"/v2/web/blobs/uploads/u1?_state=a%2Bb==", "https://r.example:5000/v2/web/blobs/uploads/u1?_state=a%2Bb=="},
      {"https://R.example:5000/x?y=1#part", "https://r.example:5000/x?y=1"},
      {"https://other.example/x", "https://other.example/x"},
      {"//other.example/x?y", "https://other.example/x?y"},
      {"u2", "https://r.example:5000/v2/web/blobs/uploads/u2"},
      {"../u2", "https://r.example:5000/v2/web/blobs/u2"},
      {"./", "https://r.example:5000/v2/web/blobs/uploads/"},
      {"?state=1", "https://r.example:5000/v2/web/blobs/uploads/?state=1"},
      {"/a/../../b/%2e%2e/c", "https://r.example:5000/b/%2e%2e/c"},
      {"HTTP://r.example/x", "http://r.example/x"},
      {"https://[::1]:8443/x", "https://[::1]:8443/x"},
      {"/\xc3\xa9", "https://r.example:5000/%c3%a9"},
      {"x?a=../b&c=/../d", "https://r.example:5000/v2/web/blobs/uploads/x?a=../b&c=/../d"},
      {"..", "https://r.example:5000/v2/web/blobs/"},
      {"/../..", "https://r.example:5000/"},
      {"", "https://r.example:5000/v2/web/blobs/uploads/"},
      {"#part", "https://r.example:5000/v2/web/blobs/uploads/"},
  }));
  const Url base = parse_url("https://r.example:5000/v2/web/blobs/uploads/");
  CHECK(resolve(base, location).text() == expected);
}

TEST_CASE("an address that could mislead is refused") {
  const std::string text = GENERATE(
      "ftp://host/x", "file:///etc/passwd", "https:///x", "https://", "https:host", "host/x", "", "https://user@host/",
      "https://user:secret@host/", "https://host\\@evil/", "https://ho st/", "https://host/\r\nX: y", "https://host:0/",
      "https://host:65536/", "https://host:x/", "https://h\xc3\xb6st/", "https://[::1/", "https://[x]/",
      "https://a%2eb/", "https:/host/x", "https:////host/x", "https://@host/", "https://host:80:90/",
      "https://[fe80::1%25eth0]/", "https://a;b/", std::string("https://host\0/", 14));
  CHECK_THROWS_AS(parse_url(text), Error);
  try {
    parse_url(text);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::network);
    CHECK_THAT(error.summary(), !Contains("secret"));
  }
}

TEST_CASE("a location that names its host in a misleading way is refused") {
  const Url base = parse_url("https://r.example/v2/");
  const auto* location = GENERATE("///evil.example/x", "//user@evil.example/", "//", "//?x", "https:/evil.example/x",
                                  "https:x", "ftp://evil.example/", "mailto:a@evil.example", "\\\\evil.example/x",
                                  "//evil.example:0/", "//ev%69l.example/", "x\r\ny", "x y");
  CHECK_THROWS_AS(resolve(base, location), Error);
}

TEST_CASE("a host is kept as the transfer uses it") {
  const auto [text, host] = GENERATE(table<std::string, std::string>({
      {"https://0x7f.1/", "127.0.0.1"},
      {"https://2852039166/", "169.254.169.254"},
      {"https://0251.254.169.254/", "169.254.169.254"},
      {"https://[0:0:0:0:0:0:0:1]/", "[::1]"},
      {"https://Host.Example./", "host.example."},
      {"https://a_b-c.example/", "a_b-c.example"},
  }));
  CHECK(parse_url(text).host == host);
  CHECK(resolve(parse_url("https://r.example/"), text).host == host);
}

TEST_CASE("an origin is scheme, host and port") {
  CHECK(parse_url("https://Host.Example/x").origin() == parse_url("https://host.example:443/y?z").origin());
  CHECK(parse_url("https://host/").origin() != parse_url("https://host:444/").origin());
  CHECK(parse_url("http://host:443/").origin() != parse_url("https://host/").origin());
  CHECK(parse_url("http://host/").authority() == "host");
  CHECK(parse_url("http://host:8080?x").text() == "http://host:8080/?x");
}

TEST_CASE("a query parameter is added to whatever is there") {
  const auto with = [](std::string_view text) { return with_query(parse_url(text), "digest", "sha256:a b").text(); };
  CHECK(with("https://h/u") == "https://h/u?digest=sha256%3Aa%20b");
  CHECK(with("https://h/u?") == "https://h/u?digest=sha256%3Aa%20b");
  CHECK(with("https://h/u?_state=x%2F") == "https://h/u?_state=x%2F&digest=sha256%3Aa%20b");
  CHECK(with("https://h/u?a=1&") == "https://h/u?a=1&digest=sha256%3Aa%20b");
}

TEST_CASE("a logged address has no values in its query") {
  CHECK(redacted(parse_url("https://s3.example/b?X-Amz-Signature=abc&token&_state=x=y")) ==
        "https://s3.example/b?X-Amz-Signature=REDACTED&REDACTED&_state=REDACTED");
  CHECK(redacted(parse_url("https://host:1/x")) == "https://host:1/x");
}

TEST_CASE("loopback hosts are known by name and number") {
  CHECK(is_loopback(
      GENERATE("localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]")));
  CHECK_FALSE(is_loopback(
      GENERATE("localhost.example", "127.0.0.1.example", "128.0.0.1", "10.0.0.1", "notlocalhost", "", "127.1")));
}
