// The file tree below a layer: the base and earlier layers merged, names and attributes only.
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
    std::uint32_t layer = 0;  // the layer that wrote it, from 1
    bool text_was_dropped = false;
  };

  // Streams a base layer (a tar, plain or compressed with gzip or zstd, detected by its first bytes) and merges it on
  // top: whiteouts and opaque folders are applied, /etc/passwd and /etc/group kept as text (at most 1 MiB each).
  // Nothing is written to disk. Error{integrity} when it is not a tar, for `..`, and beyond `ReadLimits` and
  // `TreeBudget`; all layers share one budget.
  void add_layer(const Source& blob, std::string_view what, const std::stop_token& stop = {});
  // Merges a layer built by this program on top.
  void add_layer(const std::vector<Entry>& entries);

  bool empty() const { return nodes_.empty(); }
  // `path` without leading "/"; no symlink is followed.
  const Node* find(std::string_view path) const;
  // `path` with symlinks to folders resolved (bin/sh -> usr/bin/sh when bin -> usr/bin): entries must be written there,
  // since a real `bin/` that replaces the link breaks the image. The last component is not followed. Links never lead
  // out of the root. Error{input} for a loop.
  std::string resolve(std::string_view path) const;
  // The same, but the last component is followed too.
  std::string follow(std::string_view path) const;
  // The text of etc/passwd or etc/group, links followed. Error{integrity} when it was dropped, because the layers hold
  // too many candidates for these files.
  std::optional<std::string> text_of(std::string_view path) const;
  // At most `most` names in a folder, for suggestions.
  std::vector<std::string> names_in(std::string_view folder, std::size_t most = 10'000) const;

  // Serialization with a checksum, for the cache. from_bytes() returns nullopt for damaged bytes or another version.
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
  // The last resolved folder, since entries of one folder often follow each other. Reset when a link may change.
  std::optional<std::pair<std::string, std::string>> recent_;
  std::optional<std::array<std::string, 2>> account_files_;  // etc/passwd and etc/group, likewise
  std::uint64_t candidate_bytes_ = 0;                        // of texts that a link may turn into one of them
  std::set<std::string, std::less<>> emptied_;               // folders whose lower files this layer removed
  bool is_foreign_ = false;                                  // the layer that is being merged
  TreeBudget budget_;
};

}  // namespace lapstrake::layers
