// A bill of materials of an image as a value, and its two forms. Equal values give equal bytes.
#pragma once
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/packages/sbom/purl.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::sbom {

struct Component {
  enum class Kind { deb, apk, python, npm, php, file, image, system };
  // How the image has it: in its files; as the image that it is based on; as an image that some of its files are from.
  enum class Relation { contained, base, files_from };

  Kind kind = Kind::file;
  std::string name, version = {};
  std::string architecture = {};  // as its packages spell it: "amd64", "all", "x86_64"
  std::string purl = {};
  Relation relation = Relation::contained;
  std::optional<oci::Digest> digest = {};  // of the archive, the fetched file or the manifest
  std::string sha512 = {};                 // of the archive, hex; empty if unknown
  std::string license = {};                // as the package declares it; empty if unknown
  std::string supplier = {};               // the name of who packaged it
  // The source package, if its name or version differs; without a version, it has that of the package.
  std::string source = {}, source_version = {};
  std::string url = {};  // where it was downloaded, without credentials
  std::string why = {};  // "requested", "in the base docker.io/library/debian:12"
};

// One manifest of an image, or its index.
struct Subject {
  std::string name;           // "registry.example/team/web", or its name in the spec if it has no repository
  std::string platform = {};  // "linux/arm64"; empty for an index
  oci::Digest digest;
  std::string purl = {};
  std::vector<Component> components = {};  // in any order; of equal ones the first counts
};

struct Document {
  Subject image;
  std::vector<Subject> variants = {};  // the manifests of an index
  std::string created;                 // RFC 3339
  std::string tool_version;
};

inline constexpr std::string_view spdx_type = "application/spdx+json",
                                  cyclonedx_type = "application/vnd.cyclonedx+json";

// SPDX 2.3 (spdx.github.io/spdx-spec/v2.3), JSON.
std::string spdx(const Document& document);
// CycloneDX 1.6 (ECMA-424), JSON.
std::string cyclonedx(const Document& document);

}  // namespace lapstrake::packages::sbom
