#include "effect_paths.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr std::uint32_t most_mode = 07777;

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }
std::string_view after_first_part(std::string_view path) {
  return path.substr(std::min(path.size(), first_part(path).size() + 1));
}

void copy_one(Root& root, const std::string& from, const std::string& to, std::string_view origin) {
  const auto* entry = root.find(from);
  if (entry == nullptr) return;
  if (entry->kind == layers::Kind::directory)
    root.put_directory(to, {.mode = entry->mode, .uid = entry->uid, .gid = entry->gid}, origin);
  else if (entry->kind == layers::Kind::symlink)
    root.put_symlink(to, std::string(*entry->target), origin);
  else
    root.copy(from, to, origin);
}

}  // namespace

std::string root_path(std::string_view path) { return clean_path(cat("/", path)).substr(1); }

std::optional<std::uint32_t> mode_of(std::string_view text) {
  std::uint32_t out = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out, 8);
  return read.ec == std::errc() && read.ptr == end && out <= most_mode ? std::optional(out) : std::nullopt;
}

std::string unescaped_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size();
    if (escaped) ++i;
    const char c = text[i];
    out += escaped && c == 'n' ? '\n' : escaped && c == 't' ? '\t' : c;
  }
  return out;
}

std::string relative_target(std::string_view folder, std::string_view path) {
  while (!folder.empty() && first_part(folder) == first_part(path) && path.find('/') != path.npos) {
    folder = after_first_part(folder);
    path = after_first_part(path);
  }
  std::string up;
  for_each_part(folder, [&](std::string_view) {
    up += "../";
    return true;
  });
  return cat(up, path);
}

std::string followed(const Root& root, const std::string& path) {
  constexpr unsigned most_links = 40;  // as Linux follows
  auto out = path;
  for (unsigned i = 0; i < most_links; ++i) {
    const auto target = root.link_target(out);
    if (!target) return out;
    out = root_path(target->starts_with('/') ? *target : cat(parent_of(root.real_path(out)), "/", *target));
  }
  return path;
}

bool copy_tree(Root& root, const std::string& from, const std::string& to, std::string_view origin) {
  const auto real = root.real_path(from);
  const auto* entry = root.find(real);
  if (entry != nullptr && entry->kind != layers::Kind::directory) {
    if (!root.copy(from, to, origin)) copy_one(root, real, to, origin);
    return true;
  }
  const auto inside = root.paths_below(real);
  copy_one(root, real, to, origin);
  for (const auto& path : inside) copy_one(root, path, joined(to, path.substr(real.size() + 1)), origin);
  return entry != nullptr || !inside.empty();
}

}  // namespace lapstrake::packages::deb
