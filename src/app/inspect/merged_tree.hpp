// Merges the layers of an image into the file tree that a container would see, with whiteouts applied.
#pragma once
#include <lapstrake/app/inspect/file_facts.hpp>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

namespace lapstrake::app {

class MergedTree {
 public:
  // Streams a layer, hashes its files, and adds it on top. Error{integrity} if it is not a tar, contains `..`, or
  // exceeds ReadLimits or TreeBudget; a copy of a tree shares its budget.
  void add_layer(const Source& blob, std::string_view what, const std::stop_token& stop);

  struct Node {
    FileFacts facts{};
    std::uint32_t layer = 0;  // that brought it, from 1
  };
  const std::map<std::string, Node, std::less<>>& nodes() const { return nodes_; }

 private:
  void charge(std::string_view path, std::uint64_t more);
  void lay(const layers::TarEntry& entry, const Source& data);
  void white_out(const std::string& folder, std::string_view name);
  void make_parents(std::string_view path);
  void remove(std::string_view path);
  void remove_lower(std::string_view folder);
  std::string follow(std::string_view path);

  std::map<std::string, Node, std::less<>> nodes_;
  std::uint32_t layers_ = 0;
  std::set<std::string, std::less<>> emptied_;  // folders whose lower files this layer took away
  std::shared_ptr<layers::TreeBudget> budget_ = std::make_shared<layers::TreeBudget>();
};

}  // namespace lapstrake::app
