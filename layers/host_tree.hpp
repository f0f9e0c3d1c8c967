// Lists the folder that a build may read, and nothing outside of it (base/confined_folder.hpp), with stat signatures.
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
  // `allow_outside` permits the whole file system.
  HostTree(const std::filesystem::path& root, bool allow_outside);

  struct Node {
    std::string path;  // in the tree, relative, without links on the way; "" is the tree's root
    HostFile file;
    bool is_folder() const { return S_ISDIR(file.item().mode); }
    bool is_file() const { return S_ISREG(file.item().mode); }
    bool is_link() const { return S_ISLNK(file.item().mode); }
  };
  using Links = ConfinedFolder::Links;

  // The path in this tree for a `from` of the spec (it may be a glob). Error{input} when it is outside of the root.
  std::string tree_path(std::string_view from) const;
  // Follows links on the way, and with Links::follow the last component too; they may not leave the root. nullopt when
  // it does not exist.
  std::optional<Node> find(std::string_view path, Links last) const;
  // The content of the folder `path` (as in Node), sorted bytewise, without lapstrake's temporary files. Follows no
  // links and opens no files. Thread-safe. Error{input} when it is unreadable.
  std::shared_ptr<const HostFolder> list(const std::string& path) const;
  std::vector<Node> nodes_in(const std::string& path) const;
  // Opens it for reading; empty and errno on failure. It may have been replaced since: compare the stamp.
  FileDescriptor open(const std::string& path) const { return folder_.open(path); }
  std::string path_of(const HostFile& file) const;  // in the tree
  std::filesystem::path host_path(std::string_view path) const { return folder_.path() / path; }
  // `path` relative to the spec's folder; nullopt when it is outside.
  std::optional<std::string> under_root(std::string_view path) const;

 private:
  bool is_readable(int folder, const char* name, const struct stat& status) const;
  void add_item(int folder, std::string_view path, const char* name, HostFolder& out) const;
  Node node(int folder, std::string_view path, const std::string& name) const;

  ConfinedFolder folder_;     // the root, or /
  std::string root_in_tree_;  // "" unless outside is allowed
  uid_t user_;
};

}  // namespace lapstrake::layers
