// Walks the sources of a copy step: lists folders on several threads and emits the selected files in a fixed order.
#pragma once
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <lapstrake/base/patterns.hpp>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "host_tree.hpp"

namespace lapstrake::layers {

class Walk {
 public:
  struct Rules {
    Patterns include, exclude;
    const Patterns& ignored;   // by .lapstrakeignore, relative to the root
    std::string pattern_root;  // the folder that include and exclude are relative to
    bool follows_links = false, refuses_specials = true;
  };
  // A starting point: a file or folder, and its path in the image.
  struct Root {
    HostTree::Node node;
    std::string to;
  };
  // A selected file or folder. A parent-only folder is not selected itself, but may contain selected files.
  struct Item {
    HostFile file;
    std::string to;
    bool is_parent_only;
  };

  Walk(const HostTree& tree, Rules rules, unsigned jobs, std::stop_token stop);
  // Scans everything. Error{input} naming unreadable files, devices, FIFOs and sockets, broken links, or a cycle of
  // links.
  void scan(std::vector<Root> roots);
  std::size_t size() const;
  // Root by root, each sorted bytewise by `to`.
  void for_each(const std::function<void(Item)>& act) const;

 private:
  // The chain of parent folders, to detect cycles of followed links.
  struct Ancestor {
    dev_t device;
    ino_t inode;
    std::shared_ptr<const Ancestor> above;
  };
  struct Location {
    std::string path = {}, logical_path = {}, to = {};  // resolved in the tree; as reached through links; in the image
    std::shared_ptr<const Ancestor> above = {};
  };
  static constexpr std::uint32_t no_folder = 0xffffffff;
  struct Selected {
    std::uint32_t item = 0, folder = no_folder;  // in `listing` and in folders_
    bool is_parent_only = false;
  };
  struct Folder {
    Location location;
    std::shared_ptr<const HostFolder> listing = {};
    std::vector<Selected> selected = {};                  // sorted by name
    std::map<std::uint32_t, HostFile> link_targets = {};  // of the followed links in `listing`
    std::vector<Location> subfolders = {};                // to be scanned next
    std::vector<std::string> unreadable = {}, specials = {};
    std::exception_ptr failure = {};
  };

  void scan_folder(Folder& folder) const;
  void scan_item(Folder& in, std::uint32_t item, Location location) const;
  HostTree::Node target_of(const Location& location, const HostFile& link) const;
  void expect_no_cycle(const Location& location, const FileStamp& stamp) const;
  void add_subfolders(std::size_t from);
  bool ignored(const std::string& logical_path) const;
  std::string pattern_path(const std::string& logical_path) const;
  bool wanted(const std::string& logical_path) const;
  bool is_pruned(const std::string& logical_path) const;
  void report_unusable() const;
  void emit(const Folder& folder, const std::function<void(Item)>& act) const;
  static HostFile file_of(const Folder& folder, const Selected& selected);

  const HostTree& tree_;
  Rules rules_;
  bool takes_all_ = false;  // there are no patterns
  unsigned jobs_;
  std::stop_token stop_;
  std::size_t roots_ = 0;
  std::deque<Folder> folders_;  // the roots, each as a folder with one item, then their subfolders
};

}  // namespace lapstrake::layers
