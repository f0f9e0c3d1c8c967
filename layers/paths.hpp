// Paths in an image: relative, `/` between parts, no `.`, no `..`; "" is the root.
#pragma once
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::layers {

inline constexpr std::size_t most_path_bytes = limits::path_bytes, most_name_bytes = 255;  // Linux's NAME_MAX
// OCI image-spec layer.md, "Whiteouts" and "Opaque Whiteout".
inline constexpr std::string_view whiteout_prefix = ".wh.", opaque_whiteout = ".wh..wh..opq";

using lapstrake::for_each_part, lapstrake::joined, lapstrake::name_of, lapstrake::parent_of;

inline bool lies_in(std::string_view path, std::string_view folder) {
  return folder.empty() || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}
// Without leading `/`, `.` and empty parts; nullopt when there is a `..`.
std::optional<std::string> relative_path(std::string_view path);
// Why `path` is invalid in a tar or on Linux, as the end of a sentence ("is longer than 4096 bytes"); "" when it is
// valid.
std::string_view flaw_of(std::string_view path);
// The same for many paths: a folder that consecutive paths share is checked once.
class Flaws {
 public:
  std::string_view of(std::string_view path);

 private:
  std::string folder_;  // of the last path, without a flaw
};

}  // namespace lapstrake::layers
