// The formats of texts in a spec, each with its description, its pattern for the JSON Schema and its check.
#pragma once
#include <cstdint>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::spec {

enum class Format {
  any,
  one_line,
  some,
  name,
  variable,
  family,
  account,
  file_path,
  folder_path,
  source,
  owner,
  mode,
  copy_mode,
  platform,
  repository,
  tag,
  tag_pattern,
  base,
  port,
  signal,
  env_name,
  capabilities,
  xattr_name,
  xattr_value,
  host,
  origin,
  mirror,
  media_type
};

struct FormatError {
  std::string message;  // follows the text: "is not an absolute path"
  std::string hint;
};

struct FormatRow {
  Format format;
  std::string_view words;    // "an absolute path"
  std::string_view pattern;  // ECMA 262; empty when every text is valid
  bool as_number;            // a text that YAML readers read as a number may have this format too: 0644, 33:33, 1.10
  std::optional<FormatError> (*format_error)(std::string_view text);
};

const FormatRow& row(Format format);

// The values of the texts; nothing when the text is invalid.
std::optional<std::uint32_t> parse_mode(std::string_view text);  // three or four octal digits
std::optional<oci::Owner> parse_owner(std::string_view text);
// "9000", "53/udp", "8000-8002/udp": as in EXPOSE.
struct Ports {
  std::int64_t first, last;
  std::string protocol;
};
std::optional<Ports> parse_ports(std::string_view text);
std::optional<std::string> parse_signal(std::string_view text);  // "SIGTERM"
std::optional<oci::Platform> parse_platform(std::string_view text);
std::optional<std::string> parse_xattr(std::string_view text);     // text, 0x and hex, 0s and base64
std::optional<std::int64_t> parse_decimal(std::string_view text);  // no leading zeros, no plus

}  // namespace lapstrake::spec
