#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <limits>

#include "members.hpp"

namespace lapstrake::oci {
namespace {

// Anything but a plain number is refused: -0, 1.0, 1e3 and what does not fit into 63 bits (descriptor.md: int64).
std::uint64_t size_from(const Members& members) {
  const Json& size = members.need("size");
  if (!size.is_number_unsigned()) members.fail("has a `size` that is not a number of bytes");
  const auto bytes = size.get<std::uint64_t>();
  if (bytes > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    members.fail("has a `size` greater than 2^63 - 1");
  return bytes;
}

std::optional<Platform> platform_from(const Members& members) {
  const Json* object = members.find("platform");
  if (object == nullptr) return std::nullopt;
  const Members platform(*object, cat("the platform of ", members.what()), {"architecture", "os", "variant"});
  return Platform{.os = platform.needed_text("os"),
                  .architecture = platform.needed_text("architecture"),
                  .variant = platform.text("variant")};
}

OrderedJson to_json(const Platform& platform) {
  OrderedJson out{{"architecture", platform.architecture}, {"os", platform.os}};
  if (!platform.variant.empty()) out["variant"] = platform.variant;
  return out;
}

}  // namespace

bool is_attestation(const Descriptor& entry) {
  return entry.platform && entry.platform->os == "unknown" && entry.platform->architecture == "unknown";
}

Descriptor parse_descriptor(const nlohmann::json& object, std::string_view what) {
  const Members members(object, std::string(what),
                        {"mediaType", "digest", "size", "platform", "annotations", "artifactType", "urls"});
  return {.media_type = members.needed_text("mediaType"),
          .digest = members.needed_digest("digest"),
          .size = size_from(members),
          .platform = platform_from(members),
          .annotations = members.text_map("annotations"),
          .artifact_type = members.text("artifactType"),
          .urls = members.texts("urls")};
}

nlohmann::ordered_json to_json(const Descriptor& descriptor) {
  OrderedJson out{
      {"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
  if (!descriptor.urls.empty()) out["urls"] = descriptor.urls;
  if (!descriptor.annotations.empty()) out["annotations"] = descriptor.annotations;
  if (descriptor.platform) out["platform"] = to_json(*descriptor.platform);
  if (!descriptor.artifact_type.empty()) out["artifactType"] = descriptor.artifact_type;
  return out;
}

}  // namespace lapstrake::oci
