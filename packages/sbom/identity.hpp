// Identifiers that are derived from content, so that a document has the same bytes each time it is made.
#pragma once
#include <lapstrake/packages/sbom/document.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::sbom {

// A UUID of version 8 (RFC 9562, 5.8) of the SHA-256 of `text`.
std::string uuid_of(std::string_view text);

// Unique in a document, of letters, digits, `.` and `-`: "Package-deb-nginx-1a2b3c4d5e6f". Trivy tells operating
// systems from packages by the beginning of the identifier.
std::string id_of(const Component& component);
std::string id_of(const Subject& image);

struct IdentifiedComponent {
  std::string id;
  const Component* component;
};
// Each component of the document once, sorted. They refer to `document`.
std::vector<IdentifiedComponent> components_of(const Document& document);
// The ids of one image's components with this relation, sorted, each once.
std::vector<std::string> ids_of(const Subject& image, Component::Relation relation);

std::string_view text_of(Component::Kind kind);

}  // namespace lapstrake::packages::sbom
