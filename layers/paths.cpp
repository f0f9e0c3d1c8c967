#include "paths.hpp"

namespace lapstrake::layers {

std::optional<std::string> relative_path(std::string_view path) {
  std::string out;
  const bool inside = for_each_part(path, [&](std::string_view part) {
    if (part == "..") return false;
    out = joined(out, part);
    return true;
  });
  if (!inside) return std::nullopt;
  return out;
}

std::string_view flaw_of(std::string_view path) {
  if (path.size() > most_path_bytes) return "is longer than 4096 bytes";
  if (path.find('\0') != std::string_view::npos) return "contains a NUL byte";
  std::string_view flaw;
  for_each_part(path, [&](std::string_view part) {
    if (part.size() > most_name_bytes) flaw = "has a part longer than 255 bytes";
    if (part == "..") flaw = "contains `..`";
    if (part.starts_with(whiteout_prefix))
      flaw = "has a part that begins with `.wh.`, which images reserve for removed files";
    return flaw.empty();
  });
  return flaw;
}

std::string_view Flaws::of(std::string_view path) {
  const std::string_view folder = parent_of(path);
  const bool known = folder == folder_ && path.size() <= most_path_bytes;
  const std::string_view flaw = flaw_of(known ? name_of(path) : path);
  if (!known && flaw.empty()) folder_ = folder;
  return flaw;
}

}  // namespace lapstrake::layers
