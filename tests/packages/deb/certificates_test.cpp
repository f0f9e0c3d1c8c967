#include <certificates.hpp>

#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

// Made by `openssl req -x509 -newkey ec`, both of the subject "lapstrake test", whose hash is f31fba1e.
constexpr std::string_view one = R"(-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIUDpFgZAusgkxRgCUeyp+uPc4IKrkwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwObGFwc3RyYWtlIHRlc3QwIBcNMjYxMTI3MTkwMjE1WhgPMjEy
NjExMDMxOTAyMTVaMBkxFzAVBgNVBAMMDmxhcHN0cmFrZSB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEvIm/E7MqN6Q6gowE+i4YPzLEwkzfky5RQGFCsQ5Y
W7hCHmG4ZSpxEcyZkEu4N2Md0S4ss5ckK2/S++IQ/vzr5qNTMFEwHQYDVR0OBBYE
FPLebsJUr/zaycuYn2Ynepe82xS4MB8GA1UdIwQYMBaAFPLebsJUr/zaycuYn2Yn
epe82xS4MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgK+Vn9lxj
JfeRb1P6TcfBO6pP8/w0vuwUXJhEIshcHYACIGMHPCg77Z7zqenHPCnaiKmE1v2h
2Vs720XI+uQougue
-----END CERTIFICATE-----
)",
                           two = R"(-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUeSa2VPkE7Ng6i8unu6Ua4cyOP5MwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwObGFwc3RyYWtlIHRlc3QwIBcNMjYxMTI3MTkwMjE1WhgPMjEy
NjExMDMxOTAyMTVaMBkxFzAVBgNVBAMMDmxhcHN0cmFrZSB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE/0O7XpjaDZ4qnX+gYQBv7M5vu4FMghlZBWWhXwH3
t4dTdqPQwU2INNa0FzE7iX3IPD9rtql3YtwJpee6yxuPKKNTMFEwHQYDVR0OBBYE
FIe/cZxfnKO9oGub1DVKhXlvMEAIMB8GA1UdIwQYMBaAFIe/cZxfnKO9oGub1DVK
hXlvMEAIMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAKTl1LuJ
HHh+tUsWBLyuYiYHIJtYK7qgF9JSmNesYAn8AiEAitKBOq1psRMkwMIoVcdvyMS0
SxBdQ1qh63Q3nTgmm5w=
-----END CERTIFICATE-----
)";

DebText ca_certificates_with(std::vector<DebFile> files) {
  return {.name = "ca-certificates", .files = std::move(files)};
}
DebFile certificate(const std::string& name, std::string_view text) {
  return {.path = "usr/share/ca-certificates/" + name, .text = std::string(text)};
}

}  // namespace

TEST_CASE("the bundle has all certificates, each with a link") {
  EffectWorld world;
  const auto without_end = one.substr(0, one.size() - 1);
  world.add(ca_certificates_with({certificate("mozilla/A (one), of b.crt", without_end), certificate("b.crt", two),
                                  certificate("readme.txt", "text")}),
            " ca-certificates\n");
  const auto root = world.root();
  CHECK(root.text("etc/ssl/certs/ca-certificates.crt") == cat(two, one));
  CHECK(shown(root, "etc/ssl/certs/b.pem") == "-> /usr/share/ca-certificates/b.crt");
  CHECK(shown(root, "etc/ssl/certs/A_=one=__of_b.pem") == "-> /usr/share/ca-certificates/mozilla/A (one), of b.crt");
  CHECK(root.text("etc/ca-certificates.conf")->ends_with("#\nb.crt\nmozilla/A (one), of b.crt\n"));
}

TEST_CASE("OpenSSL finds certificates by the hash of their subject, each once") {
  EffectWorld world;
  world.add(ca_certificates_with({certificate("a.crt", two), certificate("b.crt", one), certificate("c.crt", one),
                                  certificate("d.crt", cat(one, two)), certificate("e.crt", "text")}),
            " ca-certificates\n");
  const auto root = world.root();
  CHECK(shown(root, "etc/ssl/certs/f31fba1e.0") == "-> a.pem");
  CHECK(shown(root, "etc/ssl/certs/f31fba1e.1") == "-> b.pem");
  CHECK(shown(root, "etc/ssl/certs/f31fba1e.2") == "none");
}

TEST_CASE("local certificates of packages come last, and are not in the list of Debian's") {
  EffectWorld world;
  world.base({{.path = "usr/local/share/ca-certificates/lower.crt"}});
  world.add(ca_certificates_with({certificate("z.crt", one)}), " ca-certificates\n");
  world.add({.name = "ours", .files = {{.path = "usr/local/share/ca-certificates/a.crt", .text = std::string(two)}}});
  const auto root = world.root();
  CHECK(root.text("etc/ssl/certs/ca-certificates.crt") == cat(one, two));
  CHECK(root.text("etc/ca-certificates.conf")->ends_with("#\nz.crt\n"));
  CHECK(world.notes == std::vector<std::string>{"`/usr/local/share/ca-certificates/lower.crt` of a lower layer is not "
                                                "in /etc/ssl/certs/ca-certificates.crt"});
}

TEST_CASE("a keystore for Java has the certificates by name") {
  EffectWorld world;
  world.add(ca_certificates_with({certificate("Ours.crt", one)}));
  world.effects(" java-cacerts /etc/ssl/certs/java/cacerts\n");
  const auto store = world.root().text("etc/ssl/certs/java/cacerts").value();
  CHECK(store.starts_with(std::string_view("\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\2\0\17debian:ours.pem", 33)));
  CHECK(store.substr(33, 15) == std::string_view("\0\0\0\0\0\0\0\0\0\5X.509", 15));
  const auto der = single_certificate(one).value().der;
  CHECK(store.size() == 48 + 4 + der.size() + 20);
  CHECK(store.substr(52, der.size()) == der);
}

TEST_CASE("an encrypted certificate asks for no password") {
  CHECK_FALSE(
      single_certificate("-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
                         "AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END CERTIFICATE-----\n"));
  CHECK_FALSE(single_certificate(""));
}
