// The folder that a build may read, and nothing else: every path is walked one component at a time by
// openat(O_NOFOLLOW), so that no symbolic link, however it came there and whenever, leads us out.
#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/layers/entry.hpp>
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
    struct stat status {};
    std::string target;    // of a symbolic link
    bool readable = true;  // by us
  };
  enum class Links { keep, follow };

  // `from` as a spec writes it (it may be a glob), in this tree. Error{input} when it leaves the root.
  std::string place_of(std::string_view from) const;
  // Follows links on the way, and the last one too if told so; they may not leave the root. Nothing when it is absent.
  std::optional<Node> find(std::string_view path, Links last) const;
  // What is in the folder `path` (as Node has it), sorted bytewise. No link is followed. Error{input} when it is
  // unreadable.
  std::vector<Node> list(const std::string& path) const;
  // Opens it to be read; nothing and errno when that fails. It may be another file by now: compare.
  FileDescriptor open(const std::string& path) const;
  std::filesystem::path host_path(std::string_view path) const { return base_ / path; }
  // `path` relative to the root that the user knows; nothing when it is outside of it.
  std::optional<std::string> under_root(std::string_view path) const;

 private:
  FileDescriptor open_folder(std::string_view path) const;
  Node look(int folder, std::string_view folder_path, const std::string& name) const;

  std::filesystem::path base_;  // of the tree: the root, or /
  std::string root_in_tree_;    // "" unless all may be read
  FileDescriptor anchor_;
};

}  // namespace lapstrake::layers
