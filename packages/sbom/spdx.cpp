// Field names and their order: SPDX specification 2.3, clauses 6, 7 and 11, and its JSON schema.
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <lapstrake/packages/sbom/license.hpp>
#include <nlohmann/json.hpp>

#include "identity.hpp"

namespace lapstrake::packages::sbom {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* unknown = "NOASSERTION";

std::string spdx_id(const std::string& id) { return cat("SPDXRef-", id); }

Json checksums_of(const Component& component) {
  auto out = Json::array();
  if (component.digest) out.push_back({{"algorithm", "SHA256"}, {"checksumValue", component.digest->hex()}});
  if (!component.sha512.empty()) out.push_back({{"algorithm", "SHA512"}, {"checksumValue", component.sha512}});
  return out;
}

Json purl_reference(const std::string& purl) {
  return Json::array(
      {{{"referenceCategory", "PACKAGE-MANAGER"}, {"referenceType", "purl"}, {"referenceLocator", purl}}});
}

void add_license(const Component& component, Json& to) {
  const auto expression = license_expression(component.license);
  to["licenseConcluded"] = unknown;
  to["licenseDeclared"] = expression ? *expression : unknown;
  if (!component.license.empty() && !expression) to["licenseComments"] = cat("declared as: ", component.license);
  to["copyrightText"] = unknown;
}

// "built package from" is what Trivy looks for.
std::string source_info(const Component& component) {
  if (component.source.empty()) return {};
  const auto& version = component.source_version.empty() ? component.version : component.source_version;
  return cat("built package from: ", component.source, " ", version);
}

const char* purpose_of(Component::Kind kind) {
  switch (kind) {
    case Component::Kind::file: return "FILE";
    case Component::Kind::image: return "CONTAINER";
    case Component::Kind::system: return "OPERATING-SYSTEM";
    default: return "LIBRARY";
  }
}

Json package_of(const IdentifiedComponent& one) {
  const auto& component = *one.component;
  Json out{{"SPDXID", spdx_id(one.id)}, {"name", component.name}};
  if (!component.version.empty()) out["versionInfo"] = component.version;
  if (!component.supplier.empty()) out["supplier"] = cat("Organization: ", component.supplier);
  out["downloadLocation"] = component.url.empty() ? unknown : component.url;
  out["filesAnalyzed"] = false;
  if (auto checksums = checksums_of(component); !checksums.empty()) out["checksums"] = std::move(checksums);
  if (auto source = source_info(component); !source.empty()) out["sourceInfo"] = std::move(source);
  add_license(component, out);
  if (!component.purl.empty()) out["externalRefs"] = purl_reference(component.purl);
  out["primaryPackagePurpose"] = purpose_of(component.kind);
  if (!component.why.empty()) out["comment"] = component.why;
  return out;
}

Json package_of(const Subject& image) {
  return {{"SPDXID", spdx_id(id_of(image))},
          {"name", image.name},
          {"versionInfo", image.digest.text()},
          {"downloadLocation", unknown},
          {"filesAnalyzed", false},
          {"checksums", Json::array({{{"algorithm", "SHA256"}, {"checksumValue", image.digest.hex()}}})},
          {"licenseConcluded", unknown},
          {"licenseDeclared", unknown},
          {"copyrightText", unknown},
          {"externalRefs", purl_reference(image.purl)},
          {"primaryPackagePurpose", "CONTAINER"}};
}

Json relationship(const std::string& from, const char* type, const std::string& to) {
  return {{"spdxElementId", from}, {"relationshipType", type}, {"relatedSpdxElement", to}};
}

void add_relationships(const Subject& image, Json& to) {
  const auto from = spdx_id(id_of(image));
  const auto add = [&](Component::Relation relation, const char* type) {
    for (const auto& id : ids_of(image, relation)) to.push_back(relationship(from, type, spdx_id(id)));
  };
  add(Component::Relation::base, "DESCENDANT_OF");
  add(Component::Relation::files_from, "GENERATED_FROM");
  add(Component::Relation::contained, "CONTAINS");
}

Json packages_of(const Document& document) {
  Json out = Json::array({package_of(document.image)});
  for (const auto& variant : document.variants) out.push_back(package_of(variant));
  for (const auto& component : components_of(document)) out.push_back(package_of(component));
  return out;
}

Json relationships_of(const Document& document) {
  const auto root = spdx_id(id_of(document.image));
  Json out = Json::array({relationship("SPDXRef-DOCUMENT", "DESCRIBES", root)});
  add_relationships(document.image, out);
  for (const auto& variant : document.variants) {
    out.push_back(relationship(spdx_id(id_of(variant)), "VARIANT_OF", root));
    add_relationships(variant, out);
  }
  return out;
}

// The specification proposes this address to creators without one of their own.
std::string namespace_of(const Document& document, const Json& content) {
  auto name = document.image.name;
  for (auto& c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '-';
  return cat("https://spdx.org/spdxdocs/", name, "-", uuid_of(pretty_json(content)));
}

}  // namespace

std::string spdx(const Document& document) {
  Json out{
      {"spdxVersion", "SPDX-2.3"},
      {"dataLicense", "CC0-1.0"},
      {"SPDXID", "SPDXRef-DOCUMENT"},
      {"name", cat(document.image.name, "@", document.image.digest.text())},
      {"documentNamespace", ""},
      {"creationInfo",
       {{"created", document.created}, {"creators", Json::array({cat("Tool: lapstrake-", document.tool_version)})}}},
      {"packages", packages_of(document)},
      {"relationships", relationships_of(document)}};
  out["documentNamespace"] = namespace_of(document, out);
  return cat(pretty_json(out), "\n");
}

}  // namespace lapstrake::packages::sbom
