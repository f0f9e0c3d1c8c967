#include "host_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <limits>

#include "content.hpp"
#include "paths.hpp"

namespace lapstrake::layers {
namespace {

std::string shown(std::string_view path) { return path.empty() ? "." : printable(path, 4096); }

// A `from:` may be a glob, but the folder that it is relative to is literal.
std::string escaped(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

[[noreturn]] void fail(std::string_view path, int error_number) {
  throw Error(ErrorKind::input, cat("cannot read `", shown(path), "`: ", reason(error_number)));
}

[[noreturn]] void outside(std::string_view path, std::string_view why) {
  throw Error(ErrorKind::input, cat("`", shown(path), "` ", why, " the folder of the spec"),
              "copy the files into that folder, or build with `--allow-outside`");
}

std::string link_target(int folder, const char* name, std::string_view path) {
  std::string target(most_path_bytes + 1, '\0');
  const ssize_t size = ::readlinkat(folder, name, target.data(), target.size());
  if (size < 0) fail(path, errno);
  target.resize(static_cast<std::size_t>(size));
  return target;
}

}  // namespace

HostTree::HostTree(const std::filesystem::path& root, bool allow_outside)
    : folder_(allow_outside ? "/" : root), user_(::geteuid()) {
  if (allow_outside)
    root_in_tree_ = relative_path(std::filesystem::absolute(root).lexically_normal().string()).value_or("");
}

std::string HostTree::tree_path(std::string_view from) const {
  const bool everything = folder_.is_everything();
  if (from.starts_with('/') && !everything) outside(from, "is outside");
  std::string clean = clean_path(from.starts_with('/') ? std::string(from) : joined(escaped(root_in_tree_), from));
  if (everything) clean = clean_path(cat("/", clean));
  if (clean == ".." || clean.starts_with("../")) outside(from, "is outside");
  return clean == "." ? "" : clean.starts_with('/') ? clean.substr(1) : clean;
}

// For the user's own files the mode decides; for others ask the kernel (capabilities, access lists).
bool HostTree::is_readable(int folder, const char* name, const struct stat& status) const {
  const bool is_folder = S_ISDIR(status.st_mode);
  if (!is_folder && !S_ISREG(status.st_mode)) return true;
  const mode_t needed = is_folder ? S_IRUSR | S_IXUSR : S_IRUSR;
  if (status.st_uid == user_ && (status.st_mode & needed) == needed) return true;
  return ::faccessat(folder, name, is_folder ? R_OK | X_OK : R_OK, AT_EACCESS) == 0;
}

// Adds `name`, which is in `folder`, to `out`.
void HostTree::add_item(int folder, std::string_view path, const char* name, HostFolder& out) const {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) fail(joined(path, name), errno);
  out.items.push_back({.stamp = stamp_of(status),
                       .name = static_cast<std::uint32_t>(out.names.size()),
                       .mode = static_cast<std::uint16_t>(status.st_mode),
                       .has_other_names = status.st_nlink > 1,
                       .is_readable = is_readable(folder, name, status)});
  out.names.append(name, std::strlen(name) + 1);
  if (S_ISLNK(status.st_mode)) (out.names += link_target(folder, name, joined(path, name))) += '\0';
  if (out.names.size() > std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorKind::input, cat("the folder `", shown(path), "` has too many files"));
}

HostTree::Node HostTree::node(int folder, std::string_view path, const std::string& name) const {
  auto one = std::make_shared<HostFolder>();
  one->path = host_path(path).string();
  add_item(folder, path, name.c_str(), *one);
  return {.path = joined(path, name), .file = {.folder = std::move(one)}};
}

std::optional<HostTree::Node> HostTree::find(std::string_view path, Links last) const {
  const auto at = folder_.resolve(path, last);
  if (!at) return std::nullopt;
  const FileDescriptor folder = folder_.open_folder(parent_of(*at), ConfinedFolder::Use::pass);
  if (!folder) return std::nullopt;
  if (!at->empty()) return node(folder.get(), parent_of(*at), std::string(layers::name_of(*at)));
  Node root = node(folder.get(), {}, ".");
  root.path.clear();
  return root;
}

std::shared_ptr<const HostFolder> HostTree::list(const std::string& path) const {
  const FileDescriptor folder = folder_.open_folder(path);
  if (!folder) fail(path, errno);
  auto out = std::make_shared<HostFolder>();
  out->path = host_path(path).string();
  alignas(dirent64) std::array<char, 32 << 10> room;
  for (;;) {
    const ssize_t size = ::getdents64(folder.get(), room.data(), room.size());
    if (size < 0) fail(path, errno);
    if (size == 0) break;
    for (ssize_t at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(room.data() + at);
      at += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (name != "." && name != ".." && !is_temporary_name(name)) add_item(folder.get(), path, entry->d_name, *out);
    }
  }
  const char* names = out->names.c_str();
  std::sort(out->items.begin(), out->items.end(), [names](const auto& a, const auto& b) {
    return std::string_view(names + a.name) < std::string_view(names + b.name);
  });
  out->items.shrink_to_fit();
  out->names.shrink_to_fit();
  return out;
}

std::vector<HostTree::Node> HostTree::nodes_in(const std::string& path) const {
  const auto folder = list(path);
  std::vector<Node> out;
  for (std::size_t i = 0; i < folder->items.size(); ++i) {
    const HostFile file{folder, i};
    out.push_back({.path = joined(path, file.name()), .file = file});
  }
  return out;
}

// find() may have called it `.`.
std::string HostTree::path_of(const HostFile& file) const {
  std::string_view path = file.folder->path;
  path.remove_prefix(std::min(path.size(), folder_.path().native().size()));
  return relative_path(joined(path, file.name())).value_or("");
}

std::optional<std::string> HostTree::under_root(std::string_view path) const {
  if (path == root_in_tree_) return "";
  if (!lies_in(path, root_in_tree_)) return std::nullopt;
  return std::string(root_in_tree_.empty() ? path : path.substr(root_in_tree_.size() + 1));
}

}  // namespace lapstrake::layers
