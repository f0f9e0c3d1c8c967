// The formats of texts in a spec, each with its description, its pattern for the JSON Schema and its check.
#pragma once
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
  media_type,
  glob_path,
  image,
  venv,
  url,
  sha256,
  python,
  libc,
  suite,
  deb_package,
  deb_request,
  archive_url
};

struct FormatError {
  std::string message;  // follows the text: "is not an absolute path"
  std::string hint;
  bool has_secret = false;  // the text may contain a credential: a message must not quote it
};

struct FormatRow {
  Format format;
  std::string_view words;    // "an absolute path"
  std::string_view pattern;  // ECMA 262; empty when every text is valid
  bool as_number;            // a text that YAML readers read as a number may have this format too: 0644, 33:33, 1.10
  std::optional<FormatError> (*format_error)(std::string_view text);
};

const FormatRow& row(Format format);

}  // namespace lapstrake::spec
