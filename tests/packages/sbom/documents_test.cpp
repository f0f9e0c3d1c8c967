#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <nlohmann/json.hpp>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::sbom;
using Kind = Component::Kind;
using nlohmann::json;

namespace {

Component nginx() {
  return {.kind = Kind::deb,
          .name = "nginx",
          .version = "1.22.1-9",
          .architecture = "amd64",
          .purl = "pkg:deb/debian/nginx@1.22.1-9?arch=amd64&distro=debian-12",
          .digest = oci::Digest::of("nginx"),
          .source = "nginx",
          .source_version = "1.22.1-8",
          .why = "requested"};
}

std::vector<Component> components() {
  return {nginx(),
          {.kind = Kind::system, .name = "debian", .version = "12"},
          {.kind = Kind::npm,
           .name = "@babel/core",
           .version = "7.0.0",
           .purl = "pkg:npm/%40babel/core@7.0.0",
           .sha512 = std::string(128, 'a'),
           .license = "MIT OR Apache-2.0"},
          {.kind = Kind::python, .name = "flask", .version = "3.1.0", .license = "BSD License"},
          {.kind = Kind::file, .name = "tini", .url = "https://example.com/tini"},
          {.kind = Kind::image,
           .name = "docker.io/library/debian",
           .relation = Component::Relation::base,
           .digest = oci::Digest::of("base")}};
}

Subject subject(const std::string& platform, std::vector<Component> parts) {
  const auto digest = oci::Digest::of(platform);
  return {.name = "registry.example/web",
          .platform = platform,
          .digest = digest,
          .purl = cat("pkg:oci/web@", digest.text()),
          .components = std::move(parts)};
}

Document document() {
  return {.image = subject("linux/amd64", components()), .created = "1970-01-01T00:00:00Z", .tool_version = "1.0"};
}

json named(const json& list, const std::string& name) {
  for (const auto& one : list)
    if (one.at("name") == name) return one;
  FAIL("nothing is named " << name);
  return {};
}

std::vector<std::string> related(const json& spdx, const std::string& type) {
  std::vector<std::string> out;
  for (const auto& one : spdx.at("relationships"))
    if (one.at("relationshipType") == type) out.push_back(one.at("relatedSpdxElement"));
  return out;
}

}  // namespace

TEST_CASE("SPDX describes the image, and each component by its purl, checksums and reason") {
  const auto out = json::parse(spdx(document()));
  CHECK(out.at("spdxVersion") == "SPDX-2.3");
  CHECK(related(out, "DESCRIBES").front() == named(out.at("packages"), "registry.example/web").at("SPDXID"));
  const auto package = named(out.at("packages"), "nginx");
  CHECK(package.at("externalRefs").at(0).at("referenceLocator") == nginx().purl);
  CHECK(package.at("checksums").at(0).at("checksumValue") == oci::Digest::of("nginx").hex());
  CHECK(package.at("sourceInfo") == "built package from: nginx 1.22.1-8");
  CHECK(package.at("comment") == "requested");
  CHECK(related(out, "CONTAINS").size() == 5);
  CHECK(related(out, "DESCENDANT_OF").front() == named(out.at("packages"), "docker.io/library/debian").at("SPDXID"));
}

TEST_CASE("SPDX declares a license that is an expression, and comments on any other") {
  const auto packages = json::parse(spdx(document())).at("packages");
  CHECK(named(packages, "@babel/core").at("licenseDeclared") == "MIT OR Apache-2.0");
  CHECK(named(packages, "flask").at("licenseDeclared") == "NOASSERTION");
  CHECK(named(packages, "flask").at("licenseComments") == "declared as: BSD License");
  CHECK_FALSE(named(packages, "nginx").contains("licenseComments"));
}

TEST_CASE("the identifier of an operating system is one that Trivy recognises") {
  const std::string id = named(json::parse(spdx(document())).at("packages"), "debian").at("SPDXID");
  CHECK(id.starts_with("SPDXRef-OperatingSystem-debian-"));
}

TEST_CASE("CycloneDX has the image as its subject, and the components with hashes, licenses and source packages") {
  const auto bom = json::parse(cyclonedx(document()));
  CHECK(bom.at("specVersion") == "1.6");
  CHECK(bom.at("metadata").at("component").at("name") == "registry.example/web");
  const auto& all = bom.at("components");
  CHECK(all.size() == 6);
  CHECK(named(all, "core").at("group") == "@babel");
  CHECK(named(all, "core").at("licenses").at(0).at("expression") == "MIT OR Apache-2.0");
  CHECK(named(all, "flask").at("licenses").at(0).at("license").at("name") == "BSD License");
  CHECK(named(all, "nginx").at("properties").at(0) == json{{"name", "aquasecurity:trivy:SrcName"}, {"value", "nginx"}});
  CHECK(named(all, "debian").at("type") == "operating-system");
  CHECK(bom.at("dependencies").at(0).at("dependsOn").size() == 6);
}

TEST_CASE("the order of components and duplicates do not change the bytes") {
  const auto render = GENERATE(spdx, cyclonedx);
  auto other = document();
  std::ranges::reverse(other.image.components);
  other.image.components.push_back(nginx());
  CHECK(render(other) == render(document()));
}

TEST_CASE("another component, another date or another version of lapstrake gives another identifier of the document") {
  const auto identifier = [](const Document& one) {
    return json::parse(spdx(one)).at("documentNamespace").get<std::string>() +
           json::parse(cyclonedx(one)).at("serialNumber").get<std::string>();
  };
  auto changed = document();
  SECTION("component") { changed.image.components.front().version = "1.22.1-10"; }
  SECTION("date") { changed.created = "2026-01-01T00:00:00Z"; }
  SECTION("version") { changed.tool_version = "1.1"; }
  CHECK(identifier(changed) != identifier(document()));
  CHECK_THAT(identifier(changed),
             Catch::Matchers::Matches("https://spdx.org/spdxdocs/registry-example-web-[0-9a-f]{8}-.*urn:uuid:"
                                      "[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST_CASE("the document of an index has the components of all its manifests, each once") {
  auto arm = nginx();
  arm.architecture = "arm64";
  auto flask = components()[3];
  const Document index{.image = {.name = "web", .digest = oci::Digest::of("index"), .purl = "pkg:oci/web"},
                       .variants = {subject("linux/amd64", {nginx(), flask}), subject("linux/arm64", {arm, flask})},
                       .created = "1970-01-01T00:00:00Z",
                       .tool_version = "1.0"};
  const auto out = json::parse(spdx(index));
  CHECK(out.at("packages").size() == 6);
  CHECK(related(out, "VARIANT_OF").size() == 2);
  CHECK(related(out, "CONTAINS").size() == 4);
  const auto bom = json::parse(cyclonedx(index));
  CHECK(bom.at("components").size() == 5);
  CHECK(bom.at("dependencies").size() == 3);
}

TEST_CASE("names that are not UTF-8 give valid JSON") {
  auto one = document();
  one.image.components.front().why = "\xff";
  CHECK(json::accept(spdx(one)));
  CHECK(json::accept(cyclonedx(one)));
}
