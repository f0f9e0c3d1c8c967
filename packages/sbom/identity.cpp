#include "identity.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>
#include <tuple>

namespace lapstrake::packages::sbom {
namespace {

constexpr std::size_t most_name = 60;  // characters of a name in an identifier

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, most_name)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    out += is_plain ? c : '-';
  }
  return out;
}

std::string identifier(std::string_view kind, std::string_view name, std::string_view content) {
  return cat(kind, "-", plain(name), "-", oci::Digest::of(content).brief());
}

}  // namespace

std::string uuid_of(std::string_view text) {
  std::string hex(oci::Digest::of(text).hex().substr(0, 32));
  hex[12] = '8';
  hex[16] = "89ab"[(hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10) & 3];
  return cat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
             hex.substr(20));
}

std::string_view text_of(Component::Kind kind) {
  switch (kind) {
    case Component::Kind::deb: return "deb";
    case Component::Kind::apk: return "apk";
    case Component::Kind::python: return "python";
    case Component::Kind::npm: return "npm";
    case Component::Kind::php: return "php";
    case Component::Kind::file: return "file";
    case Component::Kind::image: return "image";
    case Component::Kind::system: return "system";
  }
  return "";
}

std::string id_of(const Component& component) {
  const auto content = cat(text_of(component.kind), "\n", component.name, "\n", component.version, "\n",
                           component.architecture, "\n", component.purl, "\n", static_cast<int>(component.relation),
                           "\n", component.digest ? component.digest->text() : "");
  if (component.kind == Component::Kind::system) return identifier("OperatingSystem", component.name, content);
  if (component.kind == Component::Kind::image) return identifier("ContainerImage", component.name, content);
  return identifier(cat("Package-", text_of(component.kind)), component.name, content);
}

std::string id_of(const Subject& image) {
  return identifier("ContainerImage", image.name, cat(image.name, "\n", image.platform, "\n", image.digest.text()));
}

std::vector<IdentifiedComponent> components_of(const Document& document) {
  std::map<std::string, const Component*> by_id;
  const auto add = [&](const Subject& image) {
    for (const auto& component : image.components) by_id.emplace(id_of(component), &component);
  };
  add(document.image);
  for (const auto& variant : document.variants) add(variant);
  std::vector<IdentifiedComponent> out;
  for (const auto& [id, component] : by_id) out.push_back({id, component});
  std::ranges::sort(out, {}, [](const IdentifiedComponent& one) {
    return std::tie(one.component->kind, one.component->name, one.component->version, one.id);
  });
  return out;
}

std::vector<std::string> ids_of(const Subject& image, Component::Relation relation) {
  std::set<std::string> out;
  for (const auto& component : image.components)
    if (component.relation == relation) out.insert(id_of(component));
  return {out.begin(), out.end()};
}

}  // namespace lapstrake::packages::sbom
