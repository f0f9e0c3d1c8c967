#include "walk.hpp"

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

constexpr std::size_t most_named = 10;

std::string listed(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::string out;
  for (std::size_t i = 0; i < paths.size() && i < most_named; ++i)
    out += cat(i == 0 ? "`" : ", `", printable(paths[i], 400), "`");
  if (paths.size() > most_named) out += cat(" and ", paths.size() - most_named, " more");
  return out;
}

}  // namespace

Walk::Walk(const HostTree& tree, Rules rules, unsigned jobs, std::stop_token stop)
    : tree_(tree),
      rules_(std::move(rules)),
      takes_all_(rules_.include.empty() && rules_.exclude.empty() && rules_.ignored.empty()),
      jobs_(jobs),
      stop_(std::move(stop)) {}

void Walk::scan(std::vector<Root> roots) {
  roots_ = roots.size();
  for (Root& root : roots) {
    const auto item = static_cast<std::uint32_t>(root.node.file.index);
    Folder& folder = folders_.emplace_back(Folder{.location = {.to = root.to}, .listing = root.node.file.folder});
    scan_item(folder, item, {.path = root.node.path, .logical_path = root.node.path, .to = std::move(root.to)});
  }
  add_subfolders(0);
  for (std::size_t from = roots_; from < folders_.size();) {
    const std::size_t to = folders_.size();
    parallel_for_each(
        to - from, jobs_,
        [&](std::size_t i) {
          Folder& folder = folders_[from + i];
          try {
            scan_folder(folder);
          } catch (...) {
            folder.failure = std::current_exception();
          }
        },
        stop_);
    // Of several failures the first in order is reported, whichever thread was faster.
    for (std::size_t i = from; i < to; ++i)
      if (folders_[i].failure) std::rethrow_exception(folders_[i].failure);
    add_subfolders(from);
    from = to;
  }
  report_unusable();
}

// Appends the subfolders found in folders_[from ...].
void Walk::add_subfolders(std::size_t from) {
  for (std::size_t i = from, end = folders_.size(); i < end; ++i) {
    const std::size_t first = folders_.size();
    for (Location& location : folders_[i].subfolders) folders_.push_back({.location = std::move(location)});
    for (Selected& selected : folders_[i].selected)
      if (selected.folder != no_folder) selected.folder += static_cast<std::uint32_t>(first);
    folders_[i].subfolders = {};
  }
}

void Walk::scan_folder(Folder& folder) const {
  folder.listing = tree_.list(folder.location.path);
  const auto& items = folder.listing->items;
  folder.selected.reserve(items.size());
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    if (takes_all_ && S_ISREG(items[i].mode) && items[i].is_readable) {
      folder.selected.push_back({.item = i});
      continue;
    }
    const std::string_view name = folder.listing->names.c_str() + items[i].name;
    scan_item(folder, i,
              {.path = joined(folder.location.path, name),
               .logical_path = joined(folder.location.logical_path, name),
               .to = joined(folder.location.to, name),
               .above = folder.location.above});
  }
}

void Walk::scan_item(Folder& in, std::uint32_t item, Location location) const {
  HostFile file{in.listing, item};
  if (S_ISLNK(file.item().mode) && rules_.follows_links) {
    if (!wanted(location.logical_path) && is_pruned(location.logical_path)) return;
    HostTree::Node node = target_of(location, file);
    location.path = std::move(node.path);
    file = node.file;
    in.link_targets.insert_or_assign(item, file);
  }
  const HostFolder::Item& status = file.item();
  if (S_ISDIR(status.mode)) {
    if (is_pruned(location.logical_path)) return;
    expect_no_cycle(location, status.stamp);
    if (!status.is_readable) return in.unreadable.push_back(location.path);
    // A tar cannot represent its content, which is reported later: do not scan it.
    if (location.to.size() > most_path_bytes) return in.selected.push_back({.item = item});
    in.selected.push_back({.item = item,
                           .folder = static_cast<std::uint32_t>(in.subfolders.size()),
                           .is_parent_only = !wanted(location.logical_path)});
    // Only links make circles; without them a chain of folders need not be kept.
    if (rules_.follows_links)
      location.above =
          std::make_shared<const Ancestor>(Ancestor{status.stamp.device, status.stamp.inode, location.above});
    return in.subfolders.push_back(std::move(location));
  }
  if (!wanted(location.logical_path)) return;
  if (S_ISREG(status.mode) && !status.is_readable) return in.unreadable.push_back(location.path);
  if (S_ISREG(status.mode) || S_ISLNK(status.mode)) return in.selected.push_back({.item = item});
  if (rules_.refuses_specials) in.specials.push_back(location.path);
}

HostTree::Node Walk::target_of(const Location& location, const HostFile& link) const {
  auto node = tree_.find(location.path, HostTree::Links::follow);
  if (!node)
    throw Error(ErrorKind::input,
                cat("the symbolic link `", printable(location.path, 4096), "` is broken: `", printable(link.target()),
                    "` does not exist"),
                "remove it, exclude it, or keep links with `symlinks: keep`");
  return std::move(*node);
}

void Walk::expect_no_cycle(const Location& location, const FileStamp& stamp) const {
  for (const Ancestor* above = location.above.get(); above != nullptr; above = above->above.get())
    if (above->device == stamp.device && above->inode == stamp.inode)
      throw Error(
          ErrorKind::input,
          cat("the symbolic link `", printable(location.logical_path, 4096), "` points to a folder that contains it"),
          "exclude it, or keep links with `symlinks: keep`");
}

bool Walk::ignored(const std::string& logical_path) const {
  const auto path = tree_.under_root(logical_path);
  return path && !path->empty() && rules_.ignored.matches(*path);
}

std::string Walk::pattern_path(const std::string& logical_path) const {
  if (rules_.pattern_root.empty()) return logical_path;
  return logical_path.size() > rules_.pattern_root.size() ? logical_path.substr(rules_.pattern_root.size() + 1) : "";
}

bool Walk::wanted(const std::string& logical_path) const {
  if (takes_all_) return true;
  const std::string path = pattern_path(logical_path);
  if (path.empty()) return true;
  return (rules_.include.empty() || rules_.include.matches(path)) && !rules_.exclude.matches(path) &&
         !ignored(logical_path);
}

bool Walk::is_pruned(const std::string& logical_path) const {
  if (takes_all_) return false;
  const std::string path = pattern_path(logical_path);
  if (path.empty()) return false;
  return (!rules_.exclude.has_exceptions() && rules_.exclude.matches(path)) ||
         (!rules_.ignored.has_exceptions() && ignored(logical_path));
}

void Walk::report_unusable() const {
  std::vector<std::string> unreadable, specials;
  for (const Folder& folder : folders_) {
    unreadable.insert(unreadable.end(), folder.unreadable.begin(), folder.unreadable.end());
    specials.insert(specials.end(), folder.specials.begin(), folder.specials.end());
  }
  if (!unreadable.empty())
    throw Error(ErrorKind::input, cat("cannot read ", listed(unreadable), ": ", reason(EACCES)),
                "make them readable, or exclude them");
  if (!specials.empty())
    throw Error(
        ErrorKind::input,
        cat(listed(specials), specials.size() == 1 ? " is a socket, FIFO or device" : " are sockets, FIFOs or devices"),
        "exclude them, or write `special: skip` to leave them out");
}

std::size_t Walk::size() const {
  std::size_t size = 0;
  for (const Folder& folder : folders_) size += folder.selected.size();
  return size;
}

void Walk::for_each(const std::function<void(Item)>& act) const {
  for (std::size_t i = 0; i < roots_; ++i)
    for (const Selected& selected : folders_[i].selected) {
      act({file_of(folders_[i], selected), folders_[i].location.to, selected.is_parent_only});
      if (selected.folder != no_folder) emit(folders_[selected.folder], act);
    }
}

HostFile Walk::file_of(const Folder& folder, const Selected& selected) {
  if (const auto led = folder.link_targets.find(selected.item); led != folder.link_targets.end()) return led->second;
  return {.folder = folder.listing, .index = selected.item};
}

// The content of `a` comes after `a-b` and its content, since `-` sorts before `/`: so folders are queued.
void Walk::emit(const Folder& folder, const std::function<void(Item)>& act) const {
  std::vector<std::pair<std::string_view, std::uint32_t>> waiting;
  const auto emit_last = [&] {
    const std::uint32_t last = waiting.back().second;
    waiting.pop_back();
    emit(folders_[last], act);
  };
  for (const Selected& selected : folder.selected) {
    const std::string_view name = folder.listing->names.c_str() + folder.listing->items[selected.item].name;
    const auto goes_before = [&](std::string_view other) {
      return name.starts_with(other) && static_cast<unsigned char>(name[other.size()]) < '/';
    };
    while (!waiting.empty() && !goes_before(waiting.back().first)) emit_last();
    act({file_of(folder, selected), joined(folder.location.to, name), selected.is_parent_only});
    if (selected.folder != no_folder) waiting.emplace_back(name, selected.folder);
  }
  while (!waiting.empty()) emit_last();
}

}  // namespace lapstrake::layers
