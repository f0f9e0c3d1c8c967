#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/git.hpp>

namespace lapstrake::spec {
namespace {

namespace fs = std::filesystem;

// The first line of a small file, if there is one.
std::optional<std::string> line_of(const fs::path& path) try {
  const auto text = read_file(path, 64 << 10);
  return std::string(trim(text.substr(0, text.find('\n'))));
} catch (const Error&) {
  return std::nullopt;
}

bool is_commit(std::string_view text) {  // SHA-1 or SHA-256
  return (text.size() == 40 || text.size() == 64) &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::string> packed(const fs::path& common, const std::string& name) try {
  for (const auto& line : split(read_file(common / "packed-refs"), '\n')) {
    const auto space = line.find(' ');
    if (space != std::string::npos && trim(std::string_view(line).substr(space + 1)) == name &&
        is_commit(line.substr(0, space)))
      return line.substr(0, space);
  }
  return std::nullopt;
} catch (const Error&) {
  return std::nullopt;
}

bool is_ref_name(const std::string& name) { return name.starts_with("refs/") && name.find("..") == std::string::npos; }

std::optional<std::string> resolve(const fs::path& git, const fs::path& common) {
  auto value = line_of(git / "HEAD");
  for (int hops = 0; value && hops < 5; ++hops) {
    if (is_commit(*value)) return value;
    if (!value->starts_with("ref:")) return std::nullopt;
    const std::string name(trim(value->substr(4)));
    if (!is_ref_name(name)) return std::nullopt;
    value = line_of(git / name);
    if (!value) value = line_of(common / name);
    if (!value) value = packed(common, name);
  }
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> git_folder(const fs::path& around) {
  std::error_code ignored;
  fs::path folder = fs::weakly_canonical(around, ignored);
  for (;; folder = folder.parent_path()) {
    const auto git = folder / ".git";
    if (fs::is_directory(git, ignored)) return git;
    if (const auto line = line_of(git); line && line->starts_with("gitdir:"))
      return folder / fs::path(trim(line->substr(7)));
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

std::optional<std::string> git_commit(const fs::path& folder) {
  const auto git = git_folder(folder);
  if (!git) return std::nullopt;
  const auto common = line_of(*git / "commondir");  // a worktree shares its refs
  return resolve(*git, common ? *git / *common : *git);
}

}  // namespace lapstrake::spec
