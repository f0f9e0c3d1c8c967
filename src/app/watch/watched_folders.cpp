#include "watched_folders.hpp"

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/follow_links.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

namespace fs = std::filesystem;
using Depth = Watched::Depth;
using Steady = std::chrono::steady_clock;

constexpr std::uint32_t coming = IN_CREATE | IN_MOVED_TO, going = IN_DELETE | IN_MOVED_FROM;

std::string in(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : cat(folder, folder == "/" ? "" : "/", name);
}

// As far as it is there.
std::string real_place(const fs::path& path) {
  std::error_code ignored;
  auto whole = fs::weakly_canonical(path, ignored);
  if (ignored) whole = path.lexically_normal();
  return whole.has_filename() ? whole.string() : whole.parent_path().string();
}

bool lies_in(const std::string& path, const std::string& folder) {
  return folder == "/" || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

char type_of(const std::string& folder, const dirent& entry) {
  if (entry.d_type == DT_DIR) return 'd';
  if (entry.d_type == DT_LNK) return 'l';
  struct stat status {};
  if (entry.d_type != DT_UNKNOWN || ::lstat(in(folder, entry.d_name).c_str(), &status) != 0) return '-';
  return S_ISDIR(status.st_mode) ? 'd' : S_ISLNK(status.st_mode) ? 'l' : '-';
}

}  // namespace

WatchedFolders::WatchedFolders(const fs::path& top, const std::vector<fs::path>& own) : top_(real_place(top)) {
  for (const auto& path : own) {
    const auto whole = real_place(fs::absolute(path));
    if (lies_in(top_, whole)) continue;
    own_.insert(whole);
  }
}

bool WatchedFolders::is_own(const std::string& folder, const std::string& name) const {
  return own_.contains(in(folder, name)) || is_temporary_name(name);
}

WatchedFolders::Folder* WatchedFolders::folder_at(const std::string& path) {
  const auto watch = inotify_.add(path);
  if (!watch) return nullptr;
  const auto [at, is_new] = folders_.try_emplace(*watch, Folder{.path = path});
  if (!is_new && at->second.path != path) {  // it was moved
    if (const auto old = by_path_.find(at->second.path); old != by_path_.end() && old->second == *watch)
      by_path_.erase(old);
    at->second.path = path;
  }
  by_path_[path] = *watch;
  return &at->second;
}

void WatchedFolders::drop(int watch) {
  const auto at = folders_.find(watch);
  if (at == folders_.end()) return;
  if (const auto path = by_path_.find(at->second.path); path != by_path_.end() && path->second == watch)
    by_path_.erase(path);
  folders_.erase(at);
}

// A folder that is moved away takes its watches with it.
void WatchedFolders::drop_below(const std::string& path) {
  std::vector<int> gone;
  for (auto at = by_path_.lower_bound(path); at != by_path_.end() && at->first.starts_with(path); ++at)
    if (lies_in(at->first, path)) gone.push_back(at->second);
  for (const int watch : gone) {
    inotify_.remove(watch);
    drop(watch);
  }
}

// Where `path` leads to; nothing when it leads to nothing. Watched are the names on the way that lie in the spec's
// folder, the last one wherever it lies, and the first one that is missing.
std::optional<std::string> WatchedFolders::reach(const fs::path& path, std::size_t watched) {
  std::error_code ignored;
  bool is_missing = false;
  const auto read_link = [&](const std::string& relative, bool is_last) -> std::optional<std::string> {
    if (is_missing) return std::nullopt;
    const auto at = "/" + relative;
    const auto status = fs::symlink_status(at, ignored);
    is_missing = !fs::exists(status);
    if (at != top_ && (is_last || is_missing || lies_in(at, top_)))
      if (Folder* folder = folder_at(cat("/", parent_of(relative))))
        folder->names.emplace_back(name_of(relative), watched);
    if (!fs::is_symlink(status)) return std::nullopt;
    return fs::read_symlink(at, ignored).string();
  };
  const auto end = follow_links(path.string(), read_link);
  if (!end || is_missing) return std::nullopt;
  return "/" + *end;
}

bool WatchedFolders::wanted(const Role& role) const {
  const auto& tree = watched_[role.watched];
  if ((tree.glob && !tree.glob->may_match(role.relative)) || tree.exclude.matches(role.relative)) return false;
  return !tree.place || !tree.ignored.matches(in(*tree.place, role.relative));
}

// The folder and all that is below it, as far as it is wanted.
void WatchedFolders::enter(std::string path, Role role) {
  const std::size_t watched = role.watched;
  const auto depth = watched_[watched].depth;
  std::vector<std::pair<std::string, std::string>> todo{{std::move(path), std::move(role.relative)}};
  while (!todo.empty()) {
    const auto [at, relative] = std::move(todo.back());
    todo.pop_back();
    Folder* folder = folder_at(at);
    if (folder == nullptr) continue;
    // Links may lead here twice, or in a circle.
    if (std::ranges::any_of(folder->roles, [&](const Role& one) { return one.watched == watched; })) continue;
    folder->roles.push_back({watched, relative});
    if (depth != Depth::tree) continue;
    const CHandle<DIR, ::closedir> list(::opendir(at.c_str()));
    while (const dirent* entry = list ? ::readdir(list.get()) : nullptr) {
      const std::string_view name = entry->d_name;
      const char type = type_of(at, *entry);
      if (name == "." || name == ".." || type == '-') continue;
      Role below{watched, in(relative, name)};
      if (!wanted(below) || is_own(at, entry->d_name)) continue;
      if (type == 'd')
        todo.emplace_back(in(at, name), std::move(below.relative));
      else if (watched_[watched].follow_links)
        follow(in(at, name), below);
    }
  }
}

void WatchedFolders::follow(const std::string& link, const Role& role) {
  std::error_code ignored;
  const auto end = reach(link, role.watched);
  if (end && fs::is_directory(*end, ignored)) enter(*end, role);
}

void WatchedFolders::add(std::size_t watched) {
  const auto end = reach(watched_[watched].path, watched);
  std::error_code ignored;
  if (!end || watched_[watched].depth == Depth::itself || !fs::is_directory(*end, ignored)) return;
  if (std::ranges::any_of(own_, [&](const auto& own) { return lies_in(*end, own); })) return;
  enter(*end, {watched, ""});
}

void WatchedFolders::watch(std::vector<Watched> all) {
  if (changes_.lost) {  // who knows which folders were moved
    inotify_ = Inotify();
    folders_.clear();
    by_path_.clear();
  }
  changes_.lost = changes_.places = false;
  watched_ = std::move(all);
  for (auto& [watch, folder] : folders_) folder.roles.clear(), folder.names.clear();
  for (std::size_t i = 0; i < watched_.size(); ++i) add(i);
  std::vector<int> idle;
  for (const auto& [watch, folder] : folders_)
    if (folder.roles.empty() && folder.names.empty()) idle.push_back(watch);
  for (const int watch : idle) {
    inotify_.remove(watch);
    drop(watch);
  }
}

void WatchedFolders::take(const Inotify::Event& event) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) changes_.lost = true;
  if ((event.mask & IN_IGNORED) != 0) drop(event.watch);
  const auto found = folders_.find(event.watch);
  if (found == folders_.end()) return;
  const auto [path, roles, names] = found->second;  // a copy: entering changes it
  if (event.name.empty() || is_own(path, event.name)) return;
  const bool moved = (event.mask & (coming | going)) != 0, is_folder = (event.mask & IN_ISDIR) != 0;
  const auto whole = in(path, event.name);
  for (const auto& [name, watched] : names)
    if (name == event.name) {
      changes_.images.insert(watched_[watched].image);
      changes_.places |= moved;
    }
  if (is_folder && (event.mask & IN_MOVED_FROM) != 0) drop_below(whole);
  for (const auto& role : roles) {
    Role below{role.watched, in(role.relative, event.name)};
    if (!wanted(below)) continue;
    const auto& tree = watched_[role.watched];
    changes_.images.insert(tree.image);
    changes_.places |= moved && tree.follow_links && !is_folder;
    if (tree.depth == Depth::tree && is_folder && (event.mask & coming) != 0) enter(whole, std::move(below));
  }
}

// Whether anything of it matters.
bool WatchedFolders::take_all() {
  Changes before = std::exchange(changes_, {});
  for (const auto& event : inotify_.read()) take(event);
  const bool any = changes_.any();
  changes_.images.merge(before.images);
  changes_.places |= before.places;
  changes_.lost |= before.lost;
  return any;
}

bool WatchedFolders::changed() {
  take_all();
  return changes_.any();
}

Changes WatchedFolders::wait(std::chrono::milliseconds quiet, std::chrono::milliseconds patience,
                             const std::stop_token& stop) {
  std::optional<Steady::time_point> first;
  Steady::time_point until;
  bool news = changed();
  for (;;) {
    stop_point(stop);
    const auto now = Steady::now();
    if (news) {
      if (!first) first = now;
      until = std::min(now + quiet, *first + patience);
    }
    if (first && now >= until) break;
    std::optional<std::chrono::milliseconds> left;
    if (first) left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    news = inotify_.wait(left, stop) && take_all();
  }
  auto changes = changes_;
  changes_.images.clear();  // `places` and `lost` stay until watch() has looked
  return changes;
}

}  // namespace lapstrake::app
