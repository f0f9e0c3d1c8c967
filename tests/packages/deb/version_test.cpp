#include <lapstrake/packages/deb/request.hpp>
#include <lapstrake/packages/deb/version.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::deb;

TEST_CASE("versions are ordered as dpkg orders them") {
  // From dpkg's own tests (lib/dpkg/t/t-version.c) and deb-version(7): each is before the next.
  const std::vector<std::string> ordered{
      "0~~",    "0~~a",          "0~",      "0",     "0.1",    "1.0~rc1-1", "1.0~rc1-1+b1", "1.0-1~deb12u1",
      "1.0-1",  "1.0-1+deb12u1", "1.0-1.1", "1.0-2", "1.0-10", "1.0a-1",    "1.0+-1",       "1.0.1-1",
      "1.10-1", "1:0.1",         "2:0"};
  for (std::size_t i = 0; i < ordered.size(); ++i)
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      CAPTURE(ordered[i], ordered[j]);
      CHECK((compare_versions(ordered[i], ordered[j]) < 0) == (i < j));
      CHECK((compare_versions(ordered[i], ordered[j]) == 0) == (i == j));
    }
  CHECK(std::is_eq(compare_versions("0:1.0-1", "1.0-1")));
  CHECK(std::is_eq(compare_versions("1.0", "1.0-0")));
  CHECK(std::is_eq(compare_versions("1.00001", "1.1")));
}

TEST_CASE("names, versions and architectures of packages") {
  CHECK(is_version("1:2.3-4+b1"));
  for (const auto* text : {"", "a1", ":1", "x:1", "1.0-", "1 0", "1_0"}) CHECK(!is_version(text));
  CHECK(is_package_name("libstdc++6"));
  for (const auto* text : {"", "a", "Nginx", "-a", "a_b"}) CHECK(!is_package_name(text));
  CHECK(architecture_of("arm", "v7") == "armhf");
  CHECK(architecture_of("ppc64le", "") == "ppc64el");
  CHECK(failure_of([] { architecture_of("wasm", ""); }).kind() == ErrorKind::usage);
  CHECK(file_name("webd", "1:1.2-3", "all") == "webd_1%3a1.2-3_all.deb");
}

TEST_CASE("requests have a name and may have a version") {
  CHECK(parse_request(" nginx ").text() == "nginx");
  CHECK(parse_request("nginx (>= 1.22)").text() == "nginx (>= 1.22)");
  CHECK(parse_request("nginx(<<2)").text() == "nginx (<< 2)");
  CHECK(parse_request("nginx=1.22.1-9").text() == "nginx (= 1.22.1-9)");
  CHECK(admits(parse_request("aa (>= 1.2)"), "1.10"));
  CHECK(!admits(parse_request("aa (<< 1.2)"), "1.2"));
  CHECK(admits(parse_request("aa (<= 1.2)"), "1.2"));
  CHECK(!admits(parse_request("aa (>> 1.2)"), "1.2"));
}

TEST_CASE("requests that apt-get would understand are refused with the way to write them") {
  const auto help = [](std::string_view text) { return failure_of([&] { parse_request(text); }).help(); };
  CHECK(help("nginx:arm64") == "leave the architecture out: it is that of the platform");
  CHECK(help("nginx/bookworm-backports") == "set the suite with `suite:`, or give a version: `NAME (= VERSION)`");
  CHECK(help("php8.2-*") == "list the packages by their full names");
  CHECK(help("nginx-") == "use `exclude:` for packages that must not be installed");
  CHECK(help("Nginx") == "write `NAME`, `NAME (>= VERSION)` or `NAME=VERSION`, with lower-case letters");
  CHECK(help("nginx (1.2)") == "write the version as `NAME (>= 1.2)`, with one of <<, <=, =, >=, >>");
  CHECK(help("nginx=") == "write the version as `NAME (>= 1.2)`, with one of <<, <=, =, >=, >>");
}
