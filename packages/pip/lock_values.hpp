// Values that the lock files in TOML have in common: hashes, Python versions, markers.
#pragma once
#include <lapstrake/packages/checksum.hpp>
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "file_values.hpp"
#include "toml.hpp"

namespace lapstrake::packages::pip {

// The hash "sha256:0123..." of a key of `table`; Error{usage} if it is invalid. An absent key and an unknown algorithm
// are nothing.
std::optional<Checksum> checksum_of(const TomlTable& table, std::string_view key);

// Of a key of `table`; Error{usage} with the position if it is invalid.
std::optional<Marker> marker_of(const TomlTable& table, std::string_view key);
Marker parsed_marker(const TomlTable& table, const std::string& text);
SpecifierSet python_of(const TomlTable& table, std::string_view key);
std::optional<Version> version_of(const TomlTable& table);
// A required name, in its normal form.
std::string name_of(const TomlTable& table);

// The tables of the packages. Error{usage} for more than limits::locked_packages.
std::vector<TomlTable> package_tables(const TomlTable& document, std::string_view key);

// Calls `act` and adds the position of `table` to an Error{usage} of a value's parser.
template <class Act>
auto at_position(const TomlTable& table, Act&& act) {
  try {
    return act();
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::usage) throw;
    throw table.error(failure.summary(), failure.help()).because(failure.reason());
  }
}

}  // namespace lapstrake::packages::pip
