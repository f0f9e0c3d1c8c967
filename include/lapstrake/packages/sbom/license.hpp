// License expressions (SPDX specification 2.3, annex D).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages::sbom {

// The expression in SPDX's spelling: "mit OR Apache-2.0" -> "MIT OR Apache-2.0". Nothing if it is not one, or has a
// license that this program does not know: the common ones of packages are known.
std::optional<std::string> license_expression(std::string_view text);
// Whether it is one license without operators.
bool is_single_license(std::string_view expression);

}  // namespace lapstrake::packages::sbom
