// Member names and their order: the JSON schema of CycloneDX 1.6.
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <lapstrake/packages/sbom/license.hpp>
#include <nlohmann/json.hpp>

#include "identity.hpp"

namespace lapstrake::packages::sbom {
namespace {

using Json = nlohmann::ordered_json;

const char* type_of(Component::Kind kind) {
  switch (kind) {
    case Component::Kind::file: return "file";
    case Component::Kind::image: return "container";
    case Component::Kind::system: return "operating-system";
    default: return "library";
  }
}

Json hashes_of(const Component& component) {
  auto out = Json::array();
  if (component.digest) out.push_back({{"alg", "SHA-256"}, {"content", component.digest->hex()}});
  if (!component.sha512.empty()) out.push_back({{"alg", "SHA-512"}, {"content", component.sha512}});
  return out;
}

Json licenses_of(const std::string& declared) {
  const auto expression = license_expression(declared);
  if (!expression) return Json::array({{{"license", {{"name", declared}}}}});
  if (is_single_license(*expression)) return Json::array({{{"license", {{"id", *expression}}}}});
  return Json::array({{{"expression", *expression}}});
}

Json properties_of(const Component& component) {
  auto out = Json::array();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.push_back({{"name", name}, {"value", value}});
  };
  // Trivy compares source packages with advisories.
  if (!component.source.empty()) {
    add("aquasecurity:trivy:SrcName", component.source);
    add("aquasecurity:trivy:SrcVersion",
        component.source_version.empty() ? component.version : component.source_version);
  }
  add("lapstrake:why", component.why);
  if (component.relation == Component::Relation::base) add("lapstrake:relation", "base image");
  if (component.relation == Component::Relation::files_from) add("lapstrake:relation", "image that files are from");
  return out;
}

// The scope of an npm package and the vendor of a PHP package are its group.
std::pair<std::string, std::string> group_and_name(const Component& component) {
  const bool has_group = component.kind == Component::Kind::npm || component.kind == Component::Kind::php;
  const auto slash = has_group ? component.name.find('/') : std::string::npos;
  if (slash == std::string::npos) return {{}, component.name};
  return {component.name.substr(0, slash), component.name.substr(slash + 1)};
}

Json component_of(const IdentifiedComponent& one) {
  const auto& component = *one.component;
  const auto [group, name] = group_and_name(component);
  Json out{{"type", type_of(component.kind)}, {"bom-ref", one.id}};
  if (!component.supplier.empty()) out["supplier"] = {{"name", component.supplier}};
  if (!group.empty()) out["group"] = group;
  out["name"] = name;
  if (!component.version.empty()) out["version"] = component.version;
  if (auto hashes = hashes_of(component); !hashes.empty()) out["hashes"] = std::move(hashes);
  if (!component.license.empty()) out["licenses"] = licenses_of(component.license);
  if (!component.purl.empty()) out["purl"] = component.purl;
  if (!component.url.empty())
    out["externalReferences"] = Json::array({{{"type", "distribution"}, {"url", component.url}}});
  if (auto properties = properties_of(component); !properties.empty()) out["properties"] = std::move(properties);
  return out;
}

Json component_of(const Subject& image) {
  return {{"type", "container"},
          {"bom-ref", id_of(image)},
          {"name", image.name},
          {"version", image.digest.text()},
          {"hashes", Json::array({{{"alg", "SHA-256"}, {"content", image.digest.hex()}}})},
          {"purl", image.purl}};
}

Json dependencies_of(const Document& document) {
  const auto needs = [](const Subject& image) {
    std::vector<std::string> out;
    for (const auto relation :
         {Component::Relation::base, Component::Relation::files_from, Component::Relation::contained})
      for (auto& id : ids_of(image, relation)) out.push_back(std::move(id));
    return out;
  };
  auto of_root = needs(document.image);
  for (const auto& variant : document.variants) of_root.push_back(id_of(variant));
  Json out = Json::array({{{"ref", id_of(document.image)}, {"dependsOn", of_root}}});
  for (const auto& variant : document.variants) out.push_back({{"ref", id_of(variant)}, {"dependsOn", needs(variant)}});
  return out;
}

}  // namespace

std::string cyclonedx(const Document& document) {
  auto components = Json::array();
  for (const auto& variant : document.variants) components.push_back(component_of(variant));
  for (const auto& component : components_of(document)) components.push_back(component_of(component));
  const Json tool{{"type", "application"}, {"name", "lapstrake"}, {"version", document.tool_version}};
  Json out{{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
           {"bomFormat", "CycloneDX"},
           {"specVersion", "1.6"},
           {"serialNumber", ""},
           {"version", 1},
           {"metadata",
            {{"timestamp", document.created},
             {"tools", {{"components", Json::array({tool})}}},
             {"component", component_of(document.image)}}},
           {"components", std::move(components)},
           {"dependencies", dependencies_of(document)}};
  out["serialNumber"] = cat("urn:uuid:", uuid_of(pretty_json(out)));
  return cat(pretty_json(out), "\n");
}

}  // namespace lapstrake::packages::sbom
