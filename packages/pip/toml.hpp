// Reads the TOML of lock files into plain values with positions. It is the only unit that sees toml++.
#pragma once
#include <cstdint>
#include <lapstrake/base/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// A value and where it begins; lines and columns count from 1.
struct TomlValue {
  enum class Kind { text, integer, boolean, list, table, other } kind = Kind::table;  // other: floats, dates, times
  std::string text = {};
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<TomlValue> items = {};   // of a list or table
  std::vector<std::string> keys = {};  // of a table, sorted: keys[i] is the key of items[i]
  std::size_t line = 0, column = 0;
};

// The document as a table. Error{usage} with the position: not TOML 1.0, not UTF-8, longer than
// limits::lock_file_bytes, or nested deeper than limits::lock_file_depth.
// `file`: the name for messages, "uv.lock".
TomlValue parse_toml(std::string_view text, const std::string& file);

// A table with typed access. An absent member is empty or nothing unless it is required; a member of the wrong type is
// an Error{usage} with its position. It refers to `value` and `file`.
class TomlTable {
 public:
  TomlTable(const TomlValue& value, const std::string& file) : value_(&value), file_(&file) {}

  const TomlValue* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::string required_text(std::string_view key) const;
  std::string text(std::string_view key) const;
  std::optional<std::uint64_t> size(std::string_view key) const;  // not negative
  bool flag(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;  // a list of strings
  std::vector<TomlTable> tables(std::string_view key) const;   // a list of tables
  std::optional<TomlTable> table(std::string_view key) const;

  const std::vector<std::string>& keys() const { return value_->keys; }
  const std::string& file() const { return *file_; }
  std::size_t line() const { return value_->line; }
  // "uv.lock:12:3: MESSAGE"
  Error error(std::string_view message, std::string help = {}) const;

 private:
  const TomlValue* value_;
  const std::string* file_;
};

}  // namespace lapstrake::packages::pip
