// Files in lock files and on index pages: hashes, and names in URLs.
#pragma once
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// "sha256:0123..." or, with `between` '=', "sha256=0123...". Nothing for unknown algorithms and wrong digits.
std::optional<Checksum> checksum_of(std::string_view text, char between = ':');

// One part of a path, without control characters.
bool is_file_name(std::string_view name);
// The last part of a URL or path, without query and fragment, percent-decoded. Empty if that is not a file's name.
std::string file_name_of(std::string_view url);
bool is_wheel_name(std::string_view name);  // ends with ".whl", in any case
bool has_scheme(std::string_view text);     // "https://...", "git+ssh://..."

// In their normal form, sorted, each once.
std::vector<std::string> normalized_names(const std::vector<std::string>& names);

// The source of a file by URL or path: a wheel, or an archive of source code.
PackageSource file_source(std::string place);

}  // namespace lapstrake::packages::pip
