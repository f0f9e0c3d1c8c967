#include "host_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

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

std::string link_target(int folder, const std::string& name, std::string_view path) {
  std::string target(most_path_bytes + 1, '\0');
  const ssize_t size = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  if (size < 0) fail(path, errno);
  target.resize(static_cast<std::size_t>(size));
  return target;
}

}  // namespace

HostTree::HostTree(const std::filesystem::path& root, bool allow_outside)
    : base_(std::filesystem::absolute(root).lexically_normal()) {
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
  FileDescriptor at(::openat(anchor_.get(), ".", folder_flags));
  for_each_part(path, [&](std::string_view part) {
    if (at) at = FileDescriptor(::openat(at.get(), std::string(part).c_str(), folder_flags));
    return static_cast<bool>(at);
  });
  return at;
}

HostTree::Node HostTree::look(int folder, std::string_view folder_path, const std::string& name) const {
  Node node{.path = joined(folder_path, name), .target = {}};
  if (::fstatat(folder, name.c_str(), &node.status, AT_SYMLINK_NOFOLLOW) != 0) fail(node.path, errno);
  if (S_ISLNK(node.status.st_mode))
    node.target = link_target(folder, name, node.path);
  else if (S_ISREG(node.status.st_mode) || S_ISDIR(node.status.st_mode))
    node.readable =
        ::faccessat(folder, name.c_str(), S_ISDIR(node.status.st_mode) ? R_OK | X_OK : R_OK, AT_EACCESS) == 0;
  return node;
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
      if (todo.empty()) return look(folder.get(), at, part);
      at = joined(at, part);
      continue;
    }
    if (++links > most_links) throw Error(Fault::input, cat("cannot read `", shown(path), "`: ", reason(ELOOP)));
    const std::string target = link_target(folder.get(), part, joined(at, part));
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
  Node node = look(folder.get(), "", ".");
  node.path = at;
  return node;
}

std::vector<HostTree::Node> HostTree::list(const std::string& path) const {
  FileDescriptor folder = open_folder(path);
  if (!folder) fail(path, errno);
  const CHandle<DIR, ::closedir> entries(::fdopendir(folder.get()));
  if (entries == nullptr) fail(path, errno);
  const int fd = folder.release();  // the DIR's now
  std::vector<Node> out;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (entry == nullptr && errno != 0) fail(path, errno);
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") out.push_back(look(fd, path, name));
  }
  std::sort(out.begin(), out.end(), [](const Node& a, const Node& b) { return a.path < b.path; });
  return out;
}

FileDescriptor HostTree::open(const std::string& path) const {
  const FileDescriptor folder = open_folder(parent_of(path));
  if (!folder) return {};
  const std::string name(path.empty() ? "." : name_of(path));
  return FileDescriptor(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

std::optional<std::string> HostTree::under_root(std::string_view path) const {
  if (path == root_in_tree_) return "";
  if (!lies_in(path, root_in_tree_)) return std::nullopt;
  return std::string(root_in_tree_.empty() ? path : path.substr(root_in_tree_.size() + 1));
}

}  // namespace lapstrake::layers
