// Configs, manifests and indexes as values; parsing and rendering them. Equal values render to equal bytes.
#pragma once
#include <cstdint>
#include <lapstrake/oci/descriptor.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::oci {

// image-spec config.md "history"; entries without empty_layer match diff_ids one to one.
struct History {
  std::string created = {};  // RFC 3339, empty when absent
  std::string created_by = {}, author = {}, comment = {};
  bool empty_layer = false;
  bool operator==(const History&) const = default;
};

// image-spec config.md. Unknown members (Healthcheck, OnBuild, ...) are kept unchanged.
struct ImageConfig {
  std::string created;  // RFC 3339
  std::string author;
  Platform platform;
  std::string user, workdir, stopsignal;
  std::optional<std::vector<std::string>> entrypoint, cmd;
  std::vector<std::string> env;            // "NAME=value", in order
  std::vector<std::string> exposed_ports;  // "9000/tcp"
  std::vector<std::string> volumes;
  std::map<std::string, std::string> labels;
  std::vector<Digest> diff_ids;
  std::vector<History> history;
  std::string other;         // unknown members of the top level, as a JSON object's text; empty when none
  std::string other_config;  // unknown members of `config`, likewise
};

ImageConfig parse_config(std::string_view json, std::string_view what);  // Error{integrity}
std::string render(const ImageConfig& config);                           // no white space, keys in a fixed order

struct Manifest {
  std::string media_type;
  std::string artifact_type = {};
  Descriptor config;
  std::vector<Descriptor> layers = {};
  std::optional<Descriptor> subject = {};
  Annotations annotations = {};
};

struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests = {};
  Annotations annotations = {};
};

// Strict (CVE-2021-41190): the body's mediaType must equal `media_type` (when the body has one), a text with
// both `manifests` and `layers`/`config` is refused, schemaVersion must be 2. Error{integrity}.
Manifest parse_manifest(std::string_view json, std::string_view media_type, std::string_view what);
Index parse_index(std::string_view json, std::string_view media_type, std::string_view what);
std::string render(const Manifest& manifest);
std::string render(const Index& index);

// The descriptor of a rendered text.
Descriptor descriptor_of(std::string_view text, std::string_view media_type);

// "1970-01-01T00:00:00Z": seconds since the epoch as RFC 3339 in UTC.
std::string rfc3339(std::int64_t seconds);

// The byte format: the version of lapstrake's own rules and of the libraries that its output depends on. It is recorded
// in this annotation and printed by `version`. Only a new byte format may change digests.
inline constexpr std::string_view byte_format_annotation = "dev.lapstrake.byte-format";
inline constexpr std::string_view base_name_annotation = "org.opencontainers.image.base.name";
inline constexpr std::string_view base_digest_annotation = "org.opencontainers.image.base.digest";
inline constexpr std::string_view created_annotation = "org.opencontainers.image.created";
inline constexpr std::string_view ref_name_annotation = "org.opencontainers.image.ref.name";

}  // namespace lapstrake::oci
