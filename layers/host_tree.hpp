// The folder that a build may read, and nothing else: no path is walked through a symbolic link, by openat2 where the
// kernel has it, else one component at a time by openat(O_NOFOLLOW), so that none, however it came there and whenever,
// leads us out.
#pragma once
#include <sys/stat.h>

#include <filesystem>
#include <lapstrake/base/c_handle.hpp>
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
  enum class Links { keep, follow };

  // `from` as a spec writes it (it may be a glob), in this tree. Error{input} when it leaves the root.
  std::string place_of(std::string_view from) const;
  // Follows links on the way, and the last one too if told so; they may not leave the root. Nothing when it is absent.
  std::optional<Node> find(std::string_view path, Links last) const;
  // What is in the folder `path` (as Node has it), sorted bytewise. No link is followed, nothing in it is opened. From
  // any thread. Error{input} when it is unreadable.
  std::shared_ptr<const HostFolder> list(const std::string& path) const;
  std::vector<Node> nodes_in(const std::string& path) const;
  // Opens it to be read; nothing and errno when that fails. It may be another file by now: compare.
  FileDescriptor open(const std::string& path) const;
  std::string path_of(const HostFile& file) const;  // in the tree
  std::filesystem::path host_path(std::string_view path) const { return base_ / path; }
  // `path` relative to the root that the user knows; nothing when it is outside of it.
  std::optional<std::string> under_root(std::string_view path) const;

 private:
  FileDescriptor open_folder(std::string_view path) const;
  bool is_readable(int folder, const char* name, const struct stat& status) const;
  void look(int folder, std::string_view path, const char* name, HostFolder& out) const;
  Node node(int folder, std::string_view path, const std::string& name) const;

  std::filesystem::path base_;  // of the tree: the root, or /
  std::string root_in_tree_;    // "" unless all may be read
  uid_t user_;
  FileDescriptor anchor_;
};

}  // namespace lapstrake::layers
