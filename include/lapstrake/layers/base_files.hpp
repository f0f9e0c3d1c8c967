// What lies below a layer: the merged file tree of the base and of the layers before it, names and attributes only.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::layers {

class BaseFiles {
 public:
  struct Node {
    Kind kind = Kind::file;
    std::uint32_t mode = 0, uid = 0, gid = 0;
    std::string target;  // of a symlink
  };

  // Streams a base layer (tar, plain or compressed by gzip or zstd; told by its first bytes) and lays it on top:
  // whiteouts and opaque folders applied, /etc/passwd and /etc/group kept as text (at most 1 MiB each). Nothing is
  // written to disk. Error{integrity} for what is not a tar, for `..`, and for more than `caps` allow.
  void add_layer(const Source& blob, std::string_view what, const std::stop_token& stop = {});
  // Lays a layer of ours on top.
  void add_layer(const std::vector<Entry>& entries);

  // `path` without leading "/"; no symlink is followed.
  const Node* find(std::string_view path) const;
  // `path` with each folder symlink on its way followed (bin/sh -> usr/bin/sh when bin -> usr/bin): entries must be
  // written there, since a real `bin/` over the link destroys the image. The last component is not followed.
  std::string resolve(std::string_view path) const;
  std::optional<std::string> text_of(std::string_view path) const;  // etc/passwd and etc/group only

 private:
  std::map<std::string, Node, std::less<>> nodes_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace lapstrake::layers
