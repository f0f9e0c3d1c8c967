// The paths in a wheel that have a meaning.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages::pip {

inline constexpr std::string_view dist_info_suffix = ".dist-info", data_suffix = ".data";

// The first part of a path: "a" of "a/b" and of "a".
inline std::string_view top_of(std::string_view path) { return path.substr(0, path.find('/')); }

// A file below `{name}-{version}.data/{key}/`.
struct DataPath {
  std::string_view key;   // "scripts"
  std::string_view rest;  // "run"
};
// Nothing for a path that is not in `data_folder`.
inline std::optional<DataPath> data_path(std::string_view path, std::string_view data_folder) {
  if (top_of(path) != data_folder || path.size() == data_folder.size()) return std::nullopt;
  path.remove_prefix(data_folder.size() + 1);
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return DataPath{.key = path, .rest = {}};
  return DataPath{.key = path.substr(0, slash), .rest = path.substr(slash + 1)};
}

// Compiled files are not taken from a wheel: they would run in place of the source that a reader sees.
inline bool is_in_pycache(std::string_view path) {
  constexpr std::string_view name = "__pycache__/";
  return path.starts_with(name) || path.find("/__pycache__/") != std::string_view::npos;
}

}  // namespace lapstrake::packages::pip
