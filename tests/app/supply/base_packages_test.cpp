#include "base_packages.hpp"

#include <lapstrake/base/text.hpp>

#include "distribution.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::app;
using packages::sbom::Component;
using packages::sbom::Distribution;

namespace {

layers::Entry file(const std::string& path, const std::string& text) {
  layers::Entry entry;
  entry.path = path;
  entry.kind = layers::Kind::file;
  entry.mode = 0644;
  entry.size = text.size();
  entry.content = text;
  return entry;
}

layers::BaseFiles base_of(const std::vector<layers::Entry>& entries) {
  layers::BaseFiles out;
  out.add_layer(entries);
  return out;
}

const Distribution bookworm{"debian", "12"}, alpine{"alpine", "3.20.1"};

}  // namespace

TEST_CASE("the distribution is that of os-release, with or without quotes") {
  auto [text, wanted] = GENERATE(table<std::string, Distribution>({
      {"NAME=\"Debian\"\nVERSION_ID=\"12\"\nID=debian\nID_LIKE=x\n", {"debian", "12"}},
      {"ID='alpine'\r\nVERSION_ID=3.20.1\r\n", {"alpine", "3.20.1"}},
      {"ID=wolfi", {"wolfi", ""}},
      {"ID=\"", {"\"", ""}},
  }));
  CHECK(distribution_of(base_of({file("usr/lib/os-release", text)})) == wanted);
}

TEST_CASE("without os-release, debian_version gives the release") {
  CHECK(distribution_of(base_of({file("etc/debian_version", "12.11\n")})) == Distribution{"debian", "12"});
  CHECK(distribution_of(base_of({file("etc/debian_version", "trixie/sid\n")})) == Distribution{"debian", "trixie"});
  CHECK_FALSE(distribution_of(base_of({file("etc/os-release", "NAME=x\n")})));
}

TEST_CASE("packages of dpkg are listed if they are installed, with their source packages") {
  const auto found = system_packages_of(base_of(
      {file("var/lib/dpkg/status",
            "Package: libssl3\nStatus: install ok installed\nMaintainer: Debian OpenSSL Team <team@example.org>\n"
            "Architecture: amd64\nSource: openssl (3.0.10-2)\nVersion: 3.0.11-1\n\n"
            "Package: removed\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n"),
       file("var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a-0\nArchitecture: all\n")}));
  REQUIRE(found.size() == 2);
  const auto openssl = component_of(found[0], bookworm);
  CHECK(openssl.purl == "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl%403.0.10-2");
  CHECK(openssl.supplier == "Debian OpenSSL Team");
  CHECK(cat(openssl.source, " ", openssl.source_version) == "openssl 3.0.10-2");
  CHECK(component_of(found[1], bookworm).purl == "pkg:deb/debian/tzdata@2024a-0?arch=all&distro=debian-12");
}

TEST_CASE("a source field that repeats the package says nothing") {
  CHECK(listed_deb("Package: a\nVersion: 1\nSource: a\n", "it").package.source.empty());
  CHECK(listed_deb("Package: a\nVersion: 1\nSource: a (1)\n", "it").package.source.empty());
  CHECK(listed_deb("Package: a\nVersion: 1+b1\nSource: a (1)\n", "it").package.source_version == "1");
  CHECK(listed_deb("Package: a\nVersion: 1\nSource: b (\n", "it").package.source == "b");
}

TEST_CASE("packages of apk are listed with license and origin") {
  const auto found =
      system_packages_of(base_of({file("lib/apk/db/installed",
                                       "C:Q1abc=\nP:busybox-binsh\nV:1.36.1-r5\nA:x86_64\nL:GPL-2.0-only\no:busybox\nm:"
                                       "Someone <a@example.org>\nF:bin\nR:sh\n\n"
                                       "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\n\nP:no-version\n")}));
  REQUIRE(found.size() == 2);
  const auto busybox = component_of(found[0], alpine);
  CHECK(busybox.kind == Component::Kind::apk);
  CHECK(busybox.purl == "pkg:apk/alpine/busybox-binsh@1.36.1-r5?arch=x86_64&distro=alpine-3.20.1&upstream=busybox");
  CHECK(busybox.license == "GPL-2.0-only");
  CHECK(component_of(found[1], alpine).source.empty());
}

TEST_CASE("Python packages of a base are listed by their folders, but not those of the distribution") {
  const std::string site = "usr/local/lib/python3.12/site-packages/";
  const auto found =
      python_packages_of(base_of({file(cat(site, "Foo_Bar-24.0.dist-info/METADATA"), "x"),
                                  file(cat(site, "foo/METADATA"), "x"), file(cat(site, "x.dist-info/METADATA"), "x"),
                                  file("usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA", "x")}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].purl == "pkg:pypi/foo-bar@24.0");
}
