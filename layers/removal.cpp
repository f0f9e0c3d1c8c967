#include "removal.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

#include "candidate.hpp"
#include "paths.hpp"

namespace lapstrake::layers {
namespace {

[[noreturn]] void missing_below(const std::string& path, const BaseFiles& below) {
  Error error(ErrorKind::input, cat("`/", printable(path, 4096), "` does not exist in the layers below"));
  if (const auto near = nearest(name_of(path), below.names_in(parent_of(path))))
    error.helped_by(cat("did you mean `/", printable(joined(parent_of(path), *near)), "`?"));
  error.helped_by("delete this line: there is nothing to remove");
  throw error;
}

// A pattern's parts up to the first with a wildcard, and the others.
struct Parts {
  std::string folder;
  std::vector<std::string> rest;
};
Parts parts_of(const std::string& pattern) {
  Parts out;
  for (const auto& part : split(pattern, '/'))
    if (out.rest.empty() && !is_glob(part))
      out.folder = joined(out.folder, unescaped(part));
    else
      out.rest.push_back(part);
  return out;
}

// `**` alone matches what `*` does: a removed folder goes with its content.
bool is_everything(const std::vector<std::string>& rest) {
  return rest.size() == 1 && (rest[0] == "*" || rest[0] == "**");
}

}  // namespace

Removed removed_by(const oci::Removal& removal, const BaseFiles& below) {
  const std::string pattern = image_path(removal.path);
  const auto parts = parts_of(pattern);
  if (parts.rest.empty()) {
    const std::string path = below.resolve(parts.folder);
    if (path.empty()) throw Error(ErrorKind::usage, "`/` cannot be removed");
    if (below.find(path) == nullptr) missing_below(path, below);
    return {.paths = {path}, .emptied = {}};
  }
  const std::string folder = below.follow(parts.folder);
  const auto* node = below.find(folder);
  if (!folder.empty() && node == nullptr) missing_below(folder, below);
  Removed out{.paths = below.matches(folder, PathGlob(parts.rest)), .emptied = {}, .is_glob = true};
  if (out.paths.empty())
    throw Error(
        ErrorKind::input, cat("nothing in the layers below matches `", printable(removal.path, 4096), "`"),
        "delete this line: there is nothing to remove; write `\\` before `*`, `?` or `[` to match that character");
  if (!is_everything(parts.rest)) return out;
  if (folder.empty())
    throw Error(ErrorKind::usage, cat("`", printable(removal.path, 80), "` removes all files of the layers below"),
                "use `base: scratch`");
  out.emptied = folder;
  return out;
}

std::string note_of(const oci::Removal& removal, const Removed& removed) {
  constexpr std::size_t most_names = 5;
  std::vector<std::string> names;
  for (const auto& path : removed.paths) {
    if (names.size() == most_names) break;
    names.push_back(cat("`/", printable(path, 200), "`"));
  }
  const auto count = removed.paths.size();
  return cat("`remove: ", printable(removal.path, 200), "` removed ", count,
             count == 1 ? " path: " : " paths: ", join(names, ", "), count > most_names ? ", ..." : "");
}

}  // namespace lapstrake::layers
