// What lies below a layer: the merged file tree of the base and of the layers before it, names and attributes only.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapstrake::layers {

class BaseFiles {
 public:
  struct Node {
    Kind kind = Kind::file;
    std::uint32_t mode = 0, uid = 0, gid = 0;
    std::string target;       // of a symlink
    std::uint32_t layer = 0;  // that brought it, from 1
    bool text_was_dropped = false;
  };

  // Streams a base layer (tar, plain or compressed by gzip or zstd; told by its first bytes) and lays it on top:
  // whiteouts and opaque folders applied, /etc/passwd and /etc/group kept as text (at most 1 MiB each). Nothing is
  // written to disk. Error{integrity} for what is not a tar, for `..`, and for more than `ReadLimits` and `TreeBudget`
  // allow; the budget is one for all layers.
  void add_layer(const Source& blob, std::string_view what, const std::stop_token& stop = {});
  // Lays a layer of ours on top.
  void add_layer(const std::vector<Entry>& entries);

  bool empty() const { return nodes_.empty(); }
  // `path` without leading "/"; no symlink is followed.
  const Node* find(std::string_view path) const;
  // `path` with each folder symlink on its way followed (bin/sh -> usr/bin/sh when bin -> usr/bin): entries must be
  // written there, since a real `bin/` over the link destroys the image. The last component is not followed. Links
  // never lead out of the root. Error{input} for a loop.
  std::string resolve(std::string_view path) const;
  // The same with the last component followed too.
  std::string follow(std::string_view path) const;
  // etc/passwd and etc/group only, links followed. Error{integrity} when the layers hold so many files of these names
  // that it could not be kept.
  std::optional<std::string> text_of(std::string_view path) const;
  // The names in a folder, for suggestions; at most `most`.
  std::vector<std::string> names_in(std::string_view folder, std::size_t most = 10'000) const;

  // All of it, with a check sum, to be remembered; and back: nothing for what is damaged, or of another version.
  void write(const Sink& sink) const;
  std::string to_bytes() const;
  static std::optional<BaseFiles> from_bytes(std::string_view bytes);

 private:
  using Nodes = std::map<std::string, Node, std::less<>>;

  void begin_layer(bool is_foreign);
  void lay(const Entry& entry, std::string path, const std::function<std::string()>& text);
  void white_out(std::string_view folder, std::string_view name);
  void remove_below(std::string_view folder);
  void remove(std::string_view path);
  Nodes::iterator erase(Nodes::iterator at);
  void make_parents(std::string_view path);
  void charge(std::string_view path, std::uint64_t more);
  bool is_account_file(const std::string& real);
  std::optional<std::string> kept_text(const Entry& entry, Node& node, const std::string& real,
                                       const std::function<std::string()>& text);
  void forget_links();
  std::string follow(std::string_view path, std::uint64_t& steps) const;
  std::string real_path(std::string_view path);
  const std::string& real_folder(std::string_view folder);

  Nodes nodes_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::uint32_t layers_ = 0;
  // A folder and where its links lead: the entries of one often follow each other. Forgotten when a link may change.
  std::optional<std::pair<std::string, std::string>> recent_;
  std::optional<std::array<std::string, 2>> account_files_;  // etc/passwd and etc/group, likewise
  std::uint64_t candidate_bytes_ = 0;                        // of texts that a link may make one of them
  std::set<std::string, std::less<>> emptied_;               // folders whose lower files this layer took away
  bool is_foreign_ = false;                                  // the layer that is being laid
  TreeBudget budget_;
};

}  // namespace lapstrake::layers
