// Sources as the kernel watches them: folders, whatever lies in them. Editors that save by rename, links on the way to
// a source, sources that are not there yet and folders that come and go are all seen, since what is watched is the
// folder around the name.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "inotify.hpp"
#include "unwanted.hpp"

namespace lapstrake::app {

// One thing that an image, or the spec, is made of.
struct Watched {
  enum class Depth { itself, folder, tree };  // the name alone; also what lies in it; all that is below it
  std::string image{};                        // empty: the spec
  std::filesystem::path path{};               // absolute; there or not, a file or a folder
  Depth depth = Depth::itself;
  std::vector<std::string> glob{};     // of a tree: the parts that choose from it; none: all of it
  Unwanted exclude{}, ignored{};       // of a tree: relative to it; and to the spec's folder
  std::optional<std::string> place{};  // of a tree: its path from the spec's folder, when it lies there
  bool follow_links = false;
};

struct Changes {
  std::set<std::string> images{};  // the empty name: the spec
  bool places = false;             // the way to a source changed: watch() has to look again
  bool lost = false;               // there was more than the kernel could keep: anything may have changed
  bool any() const { return lost || !images.empty(); }
};

class WatchedFolders {
 public:
  // Errors of Inotify. `top`: the spec's folder. `own`: what lapstrake itself writes, of which nothing is to be heard.
  WatchedFolders(const std::filesystem::path& top, const std::vector<std::filesystem::path>& own);

  // From now on these; what happens after the call is not missed. Errors of Inotify.
  void watch(std::vector<Watched> all);
  // Waits until something has changed, and then until nothing did for `quiet`, at most `patience` after the first.
  // Error{interrupted} when stopped.
  Changes wait(std::chrono::milliseconds quiet, std::chrono::milliseconds patience, const std::stop_token& stop);
  // Whether wait() would have something to tell by now.
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
    std::vector<std::pair<std::string, std::size_t>> names{};  // those that matter whatever else does
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
