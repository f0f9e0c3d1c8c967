#include "../../registry/challenge.hpp"

#include <lapstrake/base/error.hpp>
#include <tuple>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

const http::Url origin = http::parse_url("https://registry.example/");

}  // namespace

TEST_CASE("a login is not sent to a realm that is not the registry's own (S01)") {
  const std::string realm =
      GENERATE("https://evil.example/token", "http://registry.example/token", "http://evil.example/",
               "https://registry.example@evil.example/", "https://evil.example\\@registry.example/",
               "https://registry.example.evil.example/", "https://evilregistry.example/", "https://example/",
               "https://sub.registry.example/", "https://169.254.169.254/latest", "http://169.254.169.254/latest",
               "https://2852039166/", "https://0xa9fea9fe/", "https://[::ffff:169.254.169.254]/", "https://127.0.0.1/",
               "https://localhost/", "https://r\xc3\xa9gistry.example/", "//evil.example/", "/token", "",
               "javascript:alert(1)", "ftp://registry.example/", "https://registry.example:8443/token",
               "https://auth.docker.io/token", "https://gitlab.com/jwt/auth");
  try {
    checked_realm(realm, origin, "registry.example", true, nullptr);
    FAIL("sent to " << realm);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::access);
    CHECK_THAT(error.summary(), Contains("`registry.example` requests that its login be sent to `"));
  }
}

TEST_CASE("a login goes to the registry's own host, and to known pairs (S06)") {
  const auto [host, at, realm] = GENERATE(table<std::string, std::string, std::string>({
      {"registry.example", "https://registry.example/", "https://registry.example/service/token"},
      {"registry.example:5050", "https://registry.example:5050/", "https://registry.example/jwt/auth"},
      {"docker.io", "https://registry-1.docker.io/", "https://auth.docker.io/token"},
      {"registry.gitlab.com", "https://registry.gitlab.com/", "https://gitlab.com/jwt/auth"},
      {"nvcr.io", "https://nvcr.io/", "https://authn.nvidia.com/token"},
      {"10.1.2.3", "https://10.1.2.3/", "https://10.1.2.3/token"},
      {"127.0.0.1:5000", "http://127.0.0.1:5000/", "http://127.0.0.1:5000/token"},
  }));
  CHECK(checked_realm(realm, http::parse_url(at), host, true, nullptr).text() == realm);
}

TEST_CASE("another port of the registry's host is another server, but for 443 behind TLS") {
  const auto [at, realm, allowed] = GENERATE(table<std::string, std::string, bool>({
      {"https://registry.example:5050/", "https://registry.example/jwt/auth", true},
      {"https://registry.example:5050/", "https://registry.example:5051/token", false},
      {"https://registry.example/", "https://registry.example:5001/token", false},
      {"http://127.0.0.1:5000/", "http://127.0.0.1:5001/token", false},
      {"http://registry.example:5000/", "https://registry.example/token", false},
  }));
  const auto url = http::parse_url(at);
  const auto ask = [&, to = realm] { checked_realm(to, url, url.authority(), true, nullptr); };
  if (allowed)
    CHECK_NOTHROW(ask());
  else
    CHECK_THROWS_AS(ask(), Error);
}

TEST_CASE("the refusal of a pair says which line allows it") {
  try {
    checked_realm("https://gitlab.example/jwt/auth", http::parse_url("https://registry.example:5050/"),
                  "registry.example:5050", true, nullptr);
    FAIL("it was not refused");
  } catch (const Error& error) {
    CHECK_THAT(error.help(),
               Contains(R"(`registries: { "registry.example:5050": { token_server: https://gitlab.example } }`)"));
  }
}

TEST_CASE("a private address that a registry outside names is not asked, even without a login (S05)") {
  const auto realm =
      GENERATE("https://10.0.0.5/t", "https://192.168.1.1/t", "https://172.31.0.1/t", "https://0xa000005/t",
               "https://167772165/t", "https://012.0.0.5/t", "https://[fd00::1]/t", "https://[::ffff:10.0.0.5]/t",
               "https://[64:ff9b::a00:5]/t", "https://100.64.0.1/t");
  CHECK_THROWS_AS(checked_realm(realm, origin, "registry.example", false, nullptr), Error);
  if (std::string(realm).find("ffff") != std::string::npos) return;  // a disguise, wherever the registry is
  CHECK_NOTHROW(checked_realm(realm, http::parse_url("https://10.0.0.1/"), "10.0.0.1", false, nullptr));
  CHECK_NOTHROW(checked_realm(realm, origin, "registry.example", false, nullptr, http::AddressKind::private_network));
}

TEST_CASE("a known pair is no licence for other ports or hosts") {
  const auto hub = http::parse_url("https://registry-1.docker.io/");
  CHECK_THROWS_AS(checked_realm("https://auth.docker.io:8443/token", hub, "docker.io", true, nullptr), Error);
  CHECK_THROWS_AS(checked_realm("http://auth.docker.io/token", hub, "docker.io", true, nullptr), Error);
  CHECK_THROWS_AS(checked_realm("https://gitlab.com/jwt/auth", hub, "docker.io", true, nullptr), Error);
}

TEST_CASE("a pair that the user trusts is trusted, by https alone where the registry has TLS") {
  const auto trusted = [](const std::string& host, const http::Url& realm) {
    return host == "registry.example" && realm.host == "login.example";
  };
  CHECK(checked_realm("https://login.example/t", origin, "registry.example", true, trusted).host == "login.example");
  CHECK_THROWS_AS(checked_realm("http://login.example/t", origin, "registry.example", true, trusted), Error);
  // What is in the clear already may stay so.
  const auto plain = http::parse_url("http://registry.example/");
  CHECK_NOTHROW(checked_realm("http://login.example/t", plain, "registry.example", true, trusted));
}

TEST_CASE("without a login a token may be asked for elsewhere, by https") {
  CHECK(checked_realm("https://other.example/t", origin, "registry.example", false, nullptr).host == "other.example");
  CHECK_THROWS_AS(checked_realm("http://other.example/t", origin, "registry.example", false, nullptr), Error);
}
