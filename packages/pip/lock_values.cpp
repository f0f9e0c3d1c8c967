#include "lock_values.hpp"

#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/names.hpp>

namespace lapstrake::packages::pip {

std::optional<Checksum> checksum_of(const TomlTable& table, std::string_view key) {
  const auto text = table.text(key);
  if (text.empty() || !parse_hash_algorithm(text.substr(0, text.find(':')))) return std::nullopt;
  if (auto checksum = checksum_of(text)) return checksum;
  throw table.error(cat("`", key, "` is not a hash: `", text, "`"));
}

Marker parsed_marker(const TomlTable& table, const std::string& text) {
  return at_position(table, [&] { return Marker::parse(text); });
}

std::optional<Marker> marker_of(const TomlTable& table, std::string_view key) {
  const auto text = table.text(key);
  if (text.empty()) return std::nullopt;
  return parsed_marker(table, text);
}

SpecifierSet python_of(const TomlTable& table, std::string_view key) {
  return at_position(table, [&] { return SpecifierSet::parse(table.text(key)); });
}

std::optional<Version> version_of(const TomlTable& table) {
  const auto text = table.text("version");
  if (text.empty()) return std::nullopt;
  return at_position(table, [&] { return Version::parse(text); });
}

std::string name_of(const TomlTable& table) {
  const auto name = table.required_text("name");
  if (!is_valid_name(name)) throw table.error(cat("`", name, "` is not the name of a package"));
  return normalized_name(name);
}

std::vector<TomlTable> package_tables(const TomlTable& document, std::string_view key) {
  auto tables = document.tables(key);
  if (tables.size() > limits::locked_packages)
    throw document.error(cat("the file has more than ", limits::locked_packages, " packages"));
  return tables;
}

}  // namespace lapstrake::packages::pip
