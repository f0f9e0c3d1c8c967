#include "distribution.hpp"

#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

using packages::sbom::Distribution;

// os-release(5): a value may be in single or double quotes.
std::string unquoted(std::string_view value) {
  value = trim(value);
  const bool is_quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'');
  if (is_quoted && value.back() == value.front()) value = value.substr(1, value.size() - 2);
  return std::string(value);
}

}  // namespace

std::optional<Distribution> parse_os_release(std::string_view text) {
  Distribution out;
  for (const std::string_view line : split(text, '\n')) {
    constexpr std::string_view id = "ID=", version = "VERSION_ID=";
    if (line.starts_with(id)) out.id = unquoted(line.substr(id.size()));
    if (line.starts_with(version)) out.version = unquoted(line.substr(version.size()));
  }
  if (out.id.empty()) return std::nullopt;
  return out;
}

std::optional<Distribution> distribution_of(const layers::BaseFiles& files) {
  for (const auto* path : {"etc/os-release", "usr/lib/os-release"})
    if (const auto text = files.text_of(path))
      if (auto found = parse_os_release(*text)) return found;
  const auto version = files.text_of("etc/debian_version");
  if (!version) return std::nullopt;
  const auto text = trim(*version);
  return Distribution{.id = "debian", .version = std::string(text.substr(0, text.find_first_of("./")))};
}

}  // namespace lapstrake::app
