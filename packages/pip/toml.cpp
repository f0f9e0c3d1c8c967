#include "toml.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/position.hpp>
#include <lapstrake/base/text.hpp>

#include "toml_scan.hpp"

namespace lapstrake::packages::pip {
namespace {

Error toml_error(const std::string& file, std::size_t line, std::size_t column, std::string_view message,
                 std::string help = {}) {
  return Error(ErrorKind::usage,
               cat(Position{.file = printable(file), .line = line, .column = column}.text(), ": ", printable(message)),
               std::move(help));
}

TomlValue toml_value(const toml::node& node);

TomlValue toml_table(const toml::table& table) {
  TomlValue value;
  value.items.reserve(table.size());
  value.keys.reserve(table.size());
  for (const auto& [key, member] : table) {
    value.keys.emplace_back(key.str());
    value.items.push_back(toml_value(member));
  }
  return value;
}

TomlValue toml_list(const toml::array& list) {
  TomlValue value{.kind = TomlValue::Kind::list};
  value.items.reserve(list.size());
  for (const auto& item : list) value.items.push_back(toml_value(item));
  return value;
}

TomlValue unplaced_toml_value(const toml::node& node) {
  if (const auto* table = node.as_table()) return toml_table(*table);
  if (const auto* list = node.as_array()) return toml_list(*list);
  if (const auto* text = node.as_string()) return {.kind = TomlValue::Kind::text, .text = text->get()};
  if (const auto* number = node.as_integer()) return {.kind = TomlValue::Kind::integer, .integer = number->get()};
  if (const auto* flag = node.as_boolean()) return {.kind = TomlValue::Kind::boolean, .boolean = flag->get()};
  return {.kind = TomlValue::Kind::other};
}

TomlValue toml_value(const toml::node& node) {
  auto value = unplaced_toml_value(node);
  value.line = node.source().begin.line;
  value.column = node.source().begin.column;
  return value;
}

std::string kind_name(TomlValue::Kind kind) {
  switch (kind) {
    case TomlValue::Kind::text: return "a string";
    case TomlValue::Kind::integer: return "an integer";
    case TomlValue::Kind::boolean: return "true or false";
    case TomlValue::Kind::list: return "a list";
    case TomlValue::Kind::table: return "a table";
    case TomlValue::Kind::other: return "a float, date or time";
  }
  return "a value";
}

// `value`, which has to be of `kind`.
const TomlValue& value_of_kind(TomlValue::Kind kind, const TomlValue& value, std::string_view key,
                               const std::string& file) {
  if (value.kind == kind) return value;
  throw toml_error(file, value.line, value.column,
                   cat("`", printable(key), "` must be ", kind_name(kind), ", but is ", kind_name(value.kind)));
}

}  // namespace

TomlValue parse_toml(std::string_view text, const std::string& file) {
  if (text.size() > limits::lock_file_bytes)
    throw toml_error(file, 0, 0, cat("the file is larger than ", human_size(limits::lock_file_bytes)));
  if (const auto deep = place_beyond_depth(text, limits::lock_file_depth))
    throw toml_error(file, deep->line, deep->column,
                     cat("the value is nested deeper than ", limits::lock_file_depth, " levels"));
  try {
    return toml_value(toml::parse(text));
  } catch (const toml::parse_error& failure) {
    const auto& place = failure.source().begin;
    throw toml_error(file, place.line, place.column, "the file is not valid TOML",
                     "create the lock file again with the tool that wrote it")
        .because(printable(failure.description()));
  }
}

const TomlValue* TomlTable::find(std::string_view key) const {
  const auto found = std::ranges::lower_bound(value_->keys, key);
  if (found == value_->keys.end() || *found != key) return nullptr;
  return &value_->items[static_cast<std::size_t>(found - value_->keys.begin())];
}

std::string TomlTable::required_text(std::string_view key) const {
  if (!has(key)) throw error(cat("the key `", key, "` is missing"));
  return text(key);
}

std::string TomlTable::text(std::string_view key) const {
  const auto* value = find(key);
  return value == nullptr ? std::string() : value_of_kind(TomlValue::Kind::text, *value, key, *file_).text;
}

std::optional<std::uint64_t> TomlTable::size(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = value_of_kind(TomlValue::Kind::integer, *value, key, *file_).integer;
  if (number < 0) throw toml_error(*file_, value->line, value->column, cat("`", key, "` is negative"));
  return static_cast<std::uint64_t>(number);
}

bool TomlTable::flag(std::string_view key) const {
  const auto* value = find(key);
  return value != nullptr && value_of_kind(TomlValue::Kind::boolean, *value, key, *file_).boolean;
}

std::vector<std::string> TomlTable::texts(std::string_view key) const {
  std::vector<std::string> texts;
  const auto* value = find(key);
  if (value == nullptr) return texts;
  for (const auto& item : value_of_kind(TomlValue::Kind::list, *value, key, *file_).items)
    texts.push_back(value_of_kind(TomlValue::Kind::text, item, key, *file_).text);
  return texts;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> tables;
  const auto* value = find(key);
  if (value == nullptr) return tables;
  for (const auto& item : value_of_kind(TomlValue::Kind::list, *value, key, *file_).items)
    tables.emplace_back(value_of_kind(TomlValue::Kind::table, item, key, *file_), *file_);
  return tables;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) const {
  const auto* value = find(key);
  if (value == nullptr) return std::nullopt;
  return TomlTable(value_of_kind(TomlValue::Kind::table, *value, key, *file_), *file_);
}

Error TomlTable::error(std::string_view message, std::string help) const {
  return toml_error(*file_, value_->line, value_->column, message, std::move(help));
}

}  // namespace lapstrake::packages::pip
