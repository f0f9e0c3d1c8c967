// The folder that a build may read, and nothing else (base/confined_folder.hpp), with what its files look like.
#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/layers/entry.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::layers {

class HostTree {
 public:
  // With `allow_outside` the whole file system may be read.
  HostTree(const std::filesystem::path& root, bool allow_outside);

  struct Node {
    std::string path;  // in the tree, relative, without links on the way; "" is the tree's root
    HostFile file;
    bool is_folder() const { return S_ISDIR(file.item().mode); }
    bool is_file() const { return S_ISREG(file.item().mode); }
    bool is_link() const { return S_ISLNK(file.item().mode); }
  };
  using Links = ConfinedFolder::Links;

  // `from` as a spec writes it (it may be a glob), in this tree. Error{input} when it leaves the root.
  std::string tree_path(std::string_view from) const;
  // Follows links on the way, and the last one too if told so; they may not leave the root. Nothing when it is absent.
  std::optional<Node> find(std::string_view path, Links last) const;
  // What is in the folder `path` (as Node has it), sorted bytewise, without our own temporary files. No link is
  // followed, nothing in it is opened. From any thread. Error{input} when it is unreadable.
  std::shared_ptr<const HostFolder> list(const std::string& path) const;
  std::vector<Node> nodes_in(const std::string& path) const;
  // Opens it to be read; nothing and errno when that fails. It may be another file by now: compare.
  FileDescriptor open(const std::string& path) const { return folder_.open(path); }
  std::string path_of(const HostFile& file) const;  // in the tree
  std::filesystem::path host_path(std::string_view path) const { return folder_.path() / path; }
  // `path` relative to the root that the user knows; nothing when it is outside of it.
  std::optional<std::string> under_root(std::string_view path) const;

 private:
  bool is_readable(int folder, const char* name, const struct stat& status) const;
  void add_item(int folder, std::string_view path, const char* name, HostFolder& out) const;
  Node node(int folder, std::string_view path, const std::string& name) const;

  ConfinedFolder folder_;     // the root, or /
  std::string root_in_tree_;  // "" unless all may be read
  uid_t user_;
};

}  // namespace lapstrake::layers
