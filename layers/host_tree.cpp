#include "host_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <limits>

#include "content.hpp"
#include "paths.hpp"
#include "patterns.hpp"

namespace lapstrake::layers {
namespace {

constexpr int most_links = 40;  // Linux's own limit (MAXSYMLINKS)
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string shown(std::string_view path) { return path.empty() ? "." : printable(path, 4096); }

// A `from:` may be a glob, the folder that it is relative to is none.
std::string escaped(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

[[noreturn]] void fail(std::string_view path, int error_number) {
  throw Error(Fault::input, cat("cannot read `", shown(path), "`: ", reason(error_number)));
}

[[noreturn]] void outside(std::string_view path, std::string_view why) {
  throw Error(Fault::input, cat("`", shown(path), "` ", why, " the folder of the spec"),
              "copy what you need into that folder, or build with `--allow-outside`");
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
    : base_(std::filesystem::absolute(root).lexically_normal()), user_(::geteuid()) {
  if (allow_outside) {
    root_in_tree_ = relative_path(base_.string()).value_or("");
    base_ = "/";
  }
  anchor_ = FileDescriptor(::open(base_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!anchor_) fail(base_.string(), errno);
}

std::string HostTree::place_of(std::string_view from) const {
  const bool everything = base_ == "/";
  if (from.starts_with('/') && !everything) outside(from, "is outside");
  std::string clean = clean_path(from.starts_with('/') ? std::string(from) : joined(escaped(root_in_tree_), from));
  if (everything) clean = clean_path(cat("/", clean));
  if (clean == ".." || clean.starts_with("../")) outside(from, "is outside");
  return clean == "." ? "" : clean.starts_with('/') ? clean.substr(1) : clean;
}

FileDescriptor HostTree::open_folder(std::string_view path) const {
  open_how how{};
  how.flags = folder_flags;
  how.resolve = RESOLVE_NO_SYMLINKS;
  const std::string whole(path.empty() ? "." : path);
  const long fd = ::syscall(SYS_openat2, anchor_.get(), whole.c_str(), &how, sizeof how);
  if (fd >= 0) return FileDescriptor(static_cast<int>(fd));
  // The kernel has no openat2, or a sandbox forbids it, or the path is too long for one call, or it is not there: the
  // walk knows.
  FileDescriptor at(::openat(anchor_.get(), ".", folder_flags));
  for_each_part(path, [&](std::string_view part) {
    if (at) at = FileDescriptor(::openat(at.get(), std::string(part).c_str(), folder_flags));
    return static_cast<bool>(at);
  });
  return at;
}

// What is ours is readable if its mode says so; who else may read what, ask the kernel (capabilities, access lists).
bool HostTree::is_readable(int folder, const char* name, const struct stat& status) const {
  const bool inner = S_ISDIR(status.st_mode);
  if (!inner && !S_ISREG(status.st_mode)) return true;
  const mode_t needed = inner ? S_IRUSR | S_IXUSR : S_IRUSR;
  if (status.st_uid == user_ && (status.st_mode & needed) == needed) return true;
  return ::faccessat(folder, name, inner ? R_OK | X_OK : R_OK, AT_EACCESS) == 0;
}

// Adds `name`, which is in `folder`, to `out`.
void HostTree::look(int folder, std::string_view path, const char* name, HostFolder& out) const {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) fail(joined(path, name), errno);
  out.items.push_back({.look = look_of(status),
                       .name = static_cast<std::uint32_t>(out.names.size()),
                       .mode = static_cast<std::uint16_t>(status.st_mode),
                       .has_other_names = status.st_nlink > 1,
                       .is_readable = is_readable(folder, name, status)});
  out.names.append(name, std::strlen(name) + 1);
  if (S_ISLNK(status.st_mode)) (out.names += link_target(folder, name, joined(path, name))) += '\0';
  if (out.names.size() > std::numeric_limits<std::uint32_t>::max())
    throw Error(Fault::input, cat("the folder `", shown(path), "` has too many names"));
}

HostTree::Node HostTree::node(int folder, std::string_view path, const std::string& name) const {
  auto one = std::make_shared<HostFolder>();
  one->path = host_path(path).string();
  look(folder, path, name.c_str(), *one);
  return {.path = joined(path, name), .file = {.folder = std::move(one)}};
}

std::optional<HostTree::Node> HostTree::find(std::string_view path, Links last) const {
  std::deque<std::string> todo;
  for_each_part(path, [&](std::string_view part) { return todo.emplace_back(part), true; });
  std::string at;
  for (int links = 0; !todo.empty();) {
    const std::string part = std::move(todo.front());
    todo.pop_front();
    if (part == "..") {
      if (at.empty() && base_ != "/") outside(path, "leads by a symbolic link out of");
      at = parent_of(at);
      continue;
    }
    const FileDescriptor folder = open_folder(at);
    if (!folder && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!folder) fail(at, errno);
    struct stat status {};
    if (::fstatat(folder.get(), part.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return std::nullopt;
      fail(joined(at, part), errno);
    }
    if (!S_ISLNK(status.st_mode) || (todo.empty() && last == Links::keep)) {
      if (todo.empty()) return node(folder.get(), at, part);
      at = joined(at, part);
      continue;
    }
    if (++links > most_links) throw Error(Fault::input, cat("cannot read `", shown(path), "`: ", reason(ELOOP)));
    const std::string target = link_target(folder.get(), part.c_str(), joined(at, part));
    if (target.starts_with('/')) {
      if (base_ != "/") outside(path, "leads by a symbolic link out of");
      at.clear();
    }
    std::deque<std::string> steps;
    for_each_part(target, [&](std::string_view step) { return steps.emplace_back(step), true; });
    todo.insert(todo.begin(), steps.begin(), steps.end());
  }
  const FileDescriptor folder = open_folder(at);
  if (!folder) return std::nullopt;
  Node found = node(folder.get(), at, ".");
  found.path = at;
  return found;
}

std::shared_ptr<const HostFolder> HostTree::list(const std::string& path) const {
  const FileDescriptor folder = open_folder(path);
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
      if (name != "." && name != "..") look(folder.get(), path, entry->d_name, *out);
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

FileDescriptor HostTree::open(const std::string& path) const {
  const FileDescriptor folder = open_folder(parent_of(path));
  if (!folder) return {};
  const std::string name(path.empty() ? "." : name_of(path));
  return FileDescriptor(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

// find() may have called it `.`.
std::string HostTree::path_of(const HostFile& file) const {
  std::string_view path = file.folder->path;
  path.remove_prefix(std::min(path.size(), base_.native().size()));
  return relative_path(joined(path, file.name())).value_or("");
}

std::optional<std::string> HostTree::under_root(std::string_view path) const {
  if (path == root_in_tree_) return "";
  if (!lies_in(path, root_in_tree_)) return std::nullopt;
  return std::string(root_in_tree_.empty() ? path : path.substr(root_in_tree_.size() + 1));
}

}  // namespace lapstrake::layers
