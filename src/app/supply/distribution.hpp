// The distribution that an image says it is.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/packages/sbom/purl.hpp>
#include <optional>
#include <string_view>

namespace lapstrake::app {

// ID and VERSION_ID of os-release(5); nothing without an ID.
std::optional<packages::sbom::Distribution> parse_os_release(std::string_view text);
// Of os-release; without one, of Debian's debian_version: "12.5" -> "12".
std::optional<packages::sbom::Distribution> distribution_of(const layers::BaseFiles& files);

}  // namespace lapstrake::app
