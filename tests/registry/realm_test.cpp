#include "../../registry/realm.hpp"

#include <lapstrake/base/error.hpp>
#include <tuple>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

const http::Url origin = http::parse_url("https://registry.example/");

}  // namespace

TEST_CASE("a login is not sent to a realm that is not the registry's own") {
  const std::string realm = GENERATE(
      "https://evil.example/token", "http://registry.example/token", "http://evil.example/",
      "https://registry.example@evil.example/", "https://evil.example\\@registry.example/",
      "https://registry.example.evil.example/", "https://evilregistry.example/", "https://example/",
      "https://sub.registry.example/", "https://169.254.169.254/latest", "http://169.254.169.254/latest",
      "https://2852039166/", "https://0xa9fea9fe/", "https://[::ffff:169.254.169.254]/", "https://127.0.0.1/",
      "https://localhost/", "https://r\xc3\xa9gistry.example/", "//evil.example/", "/token", "", "javascript:alert(1)",
      "ftp://registry.example/", "https://auth.docker.io/token", "https://gitlab.com/jwt/auth");
  try {
    checked_realm(realm, origin, "registry.example", true, nullptr);
    FAIL("sent to " << realm);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::access);
    CHECK_THAT(error.summary(), Contains("`registry.example` asks for its logins to be sent to `"));
  }
}

TEST_CASE("a login goes to the registry's own host, and to known pairs") {
  const auto [host, at, realm] = GENERATE(table<std::string, std::string, std::string>({
      {"registry.example", "https://registry.example/", "https://registry.example/service/token"},
      {"registry.example:5050", "https://registry.example:5050/", "https://registry.example/jwt/auth"},
      {"docker.io", "https://registry-1.docker.io/", "https://auth.docker.io/token"},
      {"registry.gitlab.com", "https://registry.gitlab.com/", "https://gitlab.com/jwt/auth"},
      {"nvcr.io", "https://nvcr.io/", "https://authn.nvidia.com/token"},
      {"10.1.2.3", "https://10.1.2.3/", "https://10.1.2.3/token"},
      {"127.0.0.1:5000", "http://127.0.0.1:5000/", "http://127.0.0.1:5001/token"},
  }));
  CHECK(checked_realm(realm, http::parse_url(at), host, true, nullptr).text() == realm);
}

TEST_CASE("a known pair is no licence for other ports or hosts") {
  const auto hub = http::parse_url("https://registry-1.docker.io/");
  CHECK_THROWS_AS(checked_realm("https://auth.docker.io:8443/token", hub, "docker.io", true, nullptr), Error);
  CHECK_THROWS_AS(checked_realm("http://auth.docker.io/token", hub, "docker.io", true, nullptr), Error);
  CHECK_THROWS_AS(checked_realm("https://gitlab.com/jwt/auth", hub, "docker.io", true, nullptr), Error);
}

TEST_CASE("a pair that the user trusts is trusted, by https alone") {
  const auto trusted = [](const std::string& host, const http::Url& realm) {
    return host == "registry.example" && realm.host == "login.example";
  };
  CHECK(checked_realm("https://login.example/t", origin, "registry.example", true, trusted).host == "login.example");
  CHECK_THROWS_AS(checked_realm("http://login.example/t", origin, "registry.example", true, trusted), Error);
}

TEST_CASE("without a login a token may be asked for elsewhere, by https") {
  CHECK(checked_realm("https://other.example/t", origin, "registry.example", false, nullptr).host == "other.example");
  CHECK_THROWS_AS(checked_realm("http://other.example/t", origin, "registry.example", false, nullptr), Error);
}
