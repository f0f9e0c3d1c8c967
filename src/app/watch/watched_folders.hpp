// Watches sources for changes by watching their parent folders. This covers editors that save by rename, symbolic links
// in the path of a source, sources that do not exist yet, and folders that are created or deleted.
#pragma once
#include <chrono>
#include <filesystem>
#include <lapstrake/base/patterns.hpp>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "inotify.hpp"

namespace lapstrake::app {

// One source of an image, or of the spec.
struct Watched {
  enum class Depth { itself, folder, tree };  // only the path; also its entries; everything below it
  std::string image{};                        // empty: the spec
  std::filesystem::path path{};               // absolute; a file or a folder, which need not exist
  Depth depth = Depth::itself;
  std::optional<PathGlob> glob{};      // of a tree: which parts of it; nothing: all
  Patterns exclude{}, ignored{};       // of a tree: patterns relative to it; and to the spec's folder
  std::optional<std::string> place{};  // of a tree inside the spec's folder: its relative path
  bool follow_links = false;
};

struct Changes {
  std::set<std::string> images{};  // the empty name: the spec
  bool places = false;             // the path to a source changed: call watch() again
  bool lost = false;               // the kernel's queue overflowed: anything may have changed
  bool any() const { return lost || !images.empty(); }
};

class WatchedFolders {
 public:
  // Errors of Inotify. `top`: the spec's folder. `own`: paths that lapstrake writes, whose changes are ignored.
  WatchedFolders(const std::filesystem::path& top, const std::vector<std::filesystem::path>& own);

  // Replaces the watched sources; no change after the call is missed. Errors of Inotify.
  void watch(std::vector<Watched> all);
  // Waits for a change, and then until nothing has changed for `quiet`, at most `patience` after the first change.
  // Interrupted when stopped.
  Changes wait(std::chrono::milliseconds quiet, std::chrono::milliseconds patience, const std::stop_token& stop);
  // Whether wait() would return a change now.
  bool changed();
  std::size_t count() const { return folders_.size(); }

 private:
  struct Role {  // a folder as part of a tree
    std::size_t watched;
    std::string relative;
  };
  struct Folder {
    std::string path;
    std::vector<Role> roles{};
    std::vector<std::pair<std::string, std::size_t>> names{};  // names that matter even if the folder has no role
  };

  Folder* folder_at(const std::string& path);
  void drop(int watch);
  void drop_below(const std::string& path);
  std::optional<std::string> reach(const std::filesystem::path& path, std::size_t watched);
  void add(std::size_t watched);
  void enter(std::string path, Role role);
  void follow(const std::string& link, const Role& role);
  bool is_own(const std::string& folder, const std::string& name) const;
  bool wanted(const Role& role) const;
  bool take_all();
  void take(const Inotify::Event& event);

  std::string top_;
  std::set<std::string> own_;
  Inotify inotify_;
  std::vector<Watched> watched_;
  std::map<int, Folder> folders_;
  std::map<std::string, int> by_path_;
  Changes changes_;
};

}  // namespace lapstrake::app
