// Package URLs (github.com/package-url/purl-spec): the names by which scanners look up packages.
#pragma once
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/reference.hpp>
#include <map>
#include <string>
#include <string_view>

namespace lapstrake::packages::sbom {

struct Purl {
  std::string type, space = {}, name, version = {};    // the parts, not encoded; `space` is the namespace
  std::map<std::string, std::string> qualifiers = {};  // empty values are left out
  // "pkg:deb/debian/nginx@1.22.1-9%2Bdeb12u11?arch=amd64&distro=debian-12"
  std::string text() const;
};

// The distribution of an image, as os-release(5) has it: "debian", "12".
struct Distribution {
  std::string id, version;
  std::string text() const { return version.empty() ? id : id + "-" + version; }
  bool operator==(const Distribution&) const = default;
};

// A package of the distribution. Advisories name source packages.
struct SystemPackage {
  std::string name, version, architecture;
  std::string source = {}, source_version = {};  // empty if equal to those of the package
};
Purl deb_purl(const SystemPackage& package, const Distribution& distribution);
Purl apk_purl(const SystemPackage& package, const Distribution& distribution);

Purl pypi_purl(std::string_view name, const std::string& version);
Purl npm_purl(const std::string& name, const std::string& version);       // "@scope/name"
Purl composer_purl(const std::string& name, const std::string& version);  // "vendor/name"
// A file with a name that was downloaded from `url`, which has no credentials.
Purl file_purl(const std::string& name, const std::string& url, const oci::Digest& digest);
// An image or a manifest of one. `repository`: "docker.io/library/debian"; only a name if it is in no registry.
Purl image_purl(const std::string& repository, const std::string& tag, const oci::Digest& digest,
                const std::string& architecture);

}  // namespace lapstrake::packages::sbom
