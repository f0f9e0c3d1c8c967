#include <lapstrake/packages/sbom/purl.hpp>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::sbom;

namespace {

const Distribution bookworm{"debian", "12"};
const auto digest = oci::Digest::of("x");

}  // namespace

TEST_CASE("a Debian package is named with its architecture and distribution, and `+` is encoded") {
  CHECK(deb_purl({.name = "nginx", .version = "1.22.1-9+deb12u11", .architecture = "amd64"}, bookworm).text() ==
        "pkg:deb/debian/nginx@1.22.1-9%2Bdeb12u11?arch=amd64&distro=debian-12");
}

TEST_CASE("an epoch and a tilde stay as they are") {
  CHECK(deb_purl({.name = "redis", .version = "5:7.0~rc1", .architecture = "all"}, bookworm).text() ==
        "pkg:deb/debian/redis@5:7.0~rc1?arch=all&distro=debian-12");
}

TEST_CASE("a source package with another name or version is the upstream") {
  SystemPackage package{.name = "libssl3", .version = "3.0.11-1", .architecture = "amd64", .source = "openssl"};
  CHECK(deb_purl(package, bookworm).qualifiers.at("upstream") == "openssl");
  package.source_version = "3.0.11-1";
  CHECK(deb_purl(package, bookworm).qualifiers.at("upstream") == "openssl");
  package.source_version = "3.0.10-2";
  CHECK(deb_purl(package, bookworm).qualifiers.at("upstream") == "openssl@3.0.10-2");
  CHECK(deb_purl({.name = "nginx", .version = "1", .architecture = "amd64", .source = "nginx"}, bookworm)
            .qualifiers.count("upstream") == 0);
}

TEST_CASE("a distribution without a version is named alone") {
  CHECK(apk_purl({.name = "musl", .version = "1.2.4-r2", .architecture = "x86_64"}, {"wolfi", ""}).text() ==
        "pkg:apk/wolfi/musl@1.2.4-r2?arch=x86_64&distro=wolfi");
}

TEST_CASE("packages of Python, npm and Composer are named as their indexes name them") {
  CHECK(pypi_purl("Ruamel_Yaml", "1.0+local").text() == "pkg:pypi/ruamel-yaml@1.0%2Blocal");
  CHECK(npm_purl("@babel/core", "7.0.0").text() == "pkg:npm/%40babel/core@7.0.0");
  CHECK(npm_purl("left-pad", "1.3.0").text() == "pkg:npm/left-pad@1.3.0");
  CHECK(composer_purl("Symfony/Console", "v6.4.0").text() == "pkg:composer/symfony/console@v6.4.0");
}

TEST_CASE("a fetched file is named with its URL and checksum") {
  CHECK(file_purl("tini-amd64", "https://example.com/v1/tini-amd64", digest).text() ==
        "pkg:generic/tini-amd64?checksum=" + digest.text() + "&download_url=https://example.com/v1/tini-amd64");
}

TEST_CASE("an image is named by its digest, with the repository if it has one") {
  CHECK(image_purl("docker.io/library/Debian", "12", digest, "amd64").text() ==
        "pkg:oci/debian@" + digest.text() + "?arch=amd64&repository_url=docker.io/library/Debian&tag=12");
  CHECK(image_purl("web", "", digest, "").text() == "pkg:oci/web@" + digest.text());
}
