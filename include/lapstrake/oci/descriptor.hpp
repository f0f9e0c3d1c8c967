// A descriptor: media type, digest and size of a blob (image-spec descriptor.md).
#pragma once
#include <cstdint>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/platform.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::oci {

using Annotations = std::map<std::string, std::string>;

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;  // bytes
  std::optional<Platform> platform = {};
  Annotations annotations = {};
  std::string artifact_type = {};
  std::vector<std::string> urls = {};  // foreign layers: reported, never fetched
  bool operator==(const Descriptor&) const = default;
};

// Whether an index entry is an attestation, for the platform unknown/unknown, and not an image.
bool is_attestation(const Descriptor& entry);

// Error{integrity} naming `what`: missing or wrong members, a size below 0 or past 2^63 - 1.
Descriptor parse_descriptor(const nlohmann::json& object, std::string_view what);
nlohmann::ordered_json to_json(const Descriptor& descriptor);

}  // namespace lapstrake::oci
