// Merges the layers of an image into the file tree that a container would see: whiteouts, opaque folders and hard links
// are applied, links on the way to an entry are followed, missing folders are added. It behaves like containerd's
// pkg/archive/tar.go: whiteouts apply to lower layers only; a folder over a folder keeps the content of both, any other
// replacement removes the path and everything below it.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/follow_links.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/layers/tree_budget.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace lapstrake::layers {

using lapstrake::joined, lapstrake::name_of, lapstrake::parent_of;  // beside the overloads of this room

// The parts that do not depend on the attributes that a tree keeps. Error{integrity} from all.
namespace merging {
[[noreturn]] void refuse(std::string_view path, std::string_view why);
// `path` of an entry or a hard link, relative to the root. Refuses `..` and more than 4096 bytes.
std::string path_in_image(std::string_view path);
// Reads a layer and calls `each` with the path of every entry; counts against `budget`.
void read_layer(const Source& blob, std::string_view what, TreeBudget& budget,
                const std::function<void(const TarEntry&, const std::string& path, const Source& data)>& each,
                const std::stop_token& stop);
bool is_whiteout(std::string_view name);
bool is_opaque(std::string_view whiteout);
// The name that it removes; "" for AUFS's own entries.
std::string_view name_removed_by(std::string_view whiteout, std::string_view folder);
bool lies_below(std::string_view path, std::string_view folder);
}  // namespace merging

// `File` holds the attributes of a path: a struct with
//   is_folder(), is_symlink()           members
//   target                              of a symbolic link; all other text that it keeps in memory, too
//   static File folder()                a folder that no layer writes but an entry needs: 0755, root's
//   static more_bytes(size of names)    memory that its users keep for each path beside the node
//   static loop_kind                    the ErrorKind for a loop of symbolic links
template <class File>
class MergedTree {
 public:
  struct Node : File {
    std::uint32_t layer = 0;  // that wrote it, from 1
  };
  using Nodes = std::map<std::string, Node, std::less<>>;
  // `path`: where it is in the merged tree.
  using MakeFile = std::function<File(const std::string& path)>;

  const Nodes& nodes() const { return nodes_; }
  const Node* find(std::string_view path) const {
    const auto at = nodes_.find(path);
    return at == nodes_.end() ? nullptr : &at->second;
  }

  // Streams a layer and merges it on top; `make` gives the attributes of all entries but hard links. Error{integrity}
  // when it is not a tar, for `..`, and beyond ReadLimits and TreeBudget; a copy of a tree shares its budget.
  void add_layer(const Source& blob, std::string_view what,
                 const std::function<File(const TarEntry&, const std::string& path, const Source& data)>& make,
                 const std::stop_token& stop) {
    begin_layer(true);
    merging::read_layer(
        blob, what, *budget_,
        [&](const TarEntry& entry, const std::string& path, const Source& data) {
          add(entry, path, [&](const std::string& real) { return make(entry, real, data); });
        },
        stop);
  }
  // The same by hand: add() merges entries into the layer begun last. Only `is_limited` layers count against
  // TreeBudget.
  void begin_layer(bool is_limited) {
    ++layers_;
    emptied_.clear();
    is_limited_ = is_limited;
  }
  void add(const Entry& entry, const std::string& path, const MakeFile& make);

  // `path` with all links followed, the last part too. Error{File::loop_kind} for a loop.
  std::string follow(std::string_view path) const {
    std::uint64_t steps = 0;
    return follow(path, steps);
  }
  // The same while a layer is merged: a limited layer pays for the steps, since its links decide their number.
  std::string follow_charged(std::string_view path) {
    std::uint64_t steps = 0;
    auto real = follow(path, steps);
    if (is_limited_) budget_->step(path, steps);
    return real;
  }
  // Changes whenever follow() may give another result.
  std::uint64_t links_version() const { return links_version_; }

  // For serialization: the number of layers, a node behind all others, and a node to change.
  std::uint32_t layers() const { return layers_; }
  void set_layers(std::uint32_t layers) { layers_ = layers; }
  Node& append(std::string_view path, Node node) {
    return nodes_.emplace_hint(nodes_.end(), path, std::move(node))->second;
  }
  Node* find(std::string_view path) {
    const auto at = nodes_.find(path);
    return at == nodes_.end() ? nullptr : &at->second;
  }

 private:
  const Node* linked_by(const Entry& entry, const std::string& path, const std::string& real);
  void white_out(const std::string& folder, std::string_view name);
  void make_parents(std::string_view path);
  void remove(std::string_view path);
  void remove_below(std::string_view folder);
  void charge(std::string_view path, std::uint64_t more);
  std::string follow(std::string_view path, std::uint64_t& steps) const;
  const std::string& real_folder(std::string_view folder);
  void forget_links() { recent_.reset(), ++links_version_; }

  Nodes nodes_;
  std::uint32_t layers_ = 0;
  std::uint64_t links_version_ = 0;
  bool is_limited_ = false;  // the layer that is being merged
  // The last resolved folder, since entries of one folder often follow each other. Reset when a link may change.
  std::optional<std::pair<std::string, std::string>> recent_;
  std::set<std::string, std::less<>> emptied_;  // folders whose lower files this layer removed
  std::shared_ptr<TreeBudget> budget_ = std::make_shared<TreeBudget>();
};

template <class File>
void MergedTree<File>::add(const Entry& entry, const std::string& path, const MakeFile& make) {
  if (path.empty()) return;  // the root itself
  const std::string& folder = real_folder(parent_of(path));
  const std::string real = joined(folder, name_of(path));
  if (merging::is_whiteout(name_of(real))) return white_out(std::string(folder), name_of(real));
  std::optional<Node> node;
  if (entry.kind == Kind::hardlink) {
    const Node* body = linked_by(entry, path, real);
    if (body == nullptr) return;
    node = *body;
  }
  const Node* before = find(real);
  if (before != nullptr && !(before->is_folder() && entry.kind == Kind::directory)) remove(real);
  make_parents(real);
  if (!node) node = Node{make(real)};
  node->layer = layers_;
  charge(real, node->target.size());
  if (node->is_symlink()) forget_links();
  nodes_.insert_or_assign(real, std::move(*node));
}

// The file of a hard link; null when it links to itself.
template <class File>
const typename MergedTree<File>::Node* MergedTree<File>::linked_by(const Entry& entry, const std::string& path,
                                                                   const std::string& real) {
  const std::string target = merging::path_in_image(*entry.target);
  const std::string body = joined(real_folder(parent_of(target)), name_of(target));
  const Node* found = find(body);
  if (found == nullptr || found->is_folder())
    merging::refuse(path, cat("is a hard link to `", printable(target, 4096), "`, which is not a file"));
  return body == real ? nullptr : found;
}

template <class File>
void MergedTree<File>::white_out(const std::string& folder, std::string_view name) {
  if (merging::is_opaque(name)) return remove_below(folder);
  const auto removed = merging::name_removed_by(name, folder);
  if (removed.empty()) return;
  const std::string path = joined(folder, removed);
  // A whiteout does not affect entries of its own layer, only those of lower layers.
  if (const Node* node = find(path); node != nullptr && node->layer == layers_)
    remove_below(path);
  else
    remove(path);
}

template <class File>
void MergedTree<File>::make_parents(std::string_view path) {
  for (auto folder = parent_of(path); !folder.empty(); folder = parent_of(folder)) {
    const auto [at, is_new] = nodes_.try_emplace(std::string(folder), Node{File::folder()});
    Node& node = at->second;
    if (is_new) charge(folder, 0);
    if (!is_new && node.is_folder() && node.layer == layers_) return;  // with all folders above it
    if (!node.is_folder()) merging::refuse(path, cat("is in `", printable(folder, 4096), "`, which is not a folder"));
    node.layer = layers_;  // this layer needs it: a whiteout of it means what was in it before
  }
}

template <class File>
void MergedTree<File>::remove(std::string_view path) {
  forget_links();
  if (const auto at = nodes_.find(path); at != nodes_.end()) nodes_.erase(at);
  auto at = nodes_.lower_bound(cat(path, "/"));
  while (at != nodes_.end() && merging::lies_below(at->first, path)) at = nodes_.erase(at);
}

// What lower layers have below `folder`. Once in a layer: what lies there afterwards is of the layer itself, and a
// second whiteout must not walk over it again.
template <class File>
void MergedTree<File>::remove_below(std::string_view folder) {
  for (auto up = folder;; up = parent_of(up)) {
    if (emptied_.contains(up)) return;
    if (up.empty()) break;
  }
  emptied_.emplace(folder);
  charge(folder, 0);
  forget_links();
  auto at = folder.empty() ? nodes_.begin() : nodes_.lower_bound(cat(folder, "/"));
  while (at != nodes_.end() && merging::lies_below(at->first, folder))
    at = at->second.layer == layers_ ? std::next(at) : nodes_.erase(at);
}

// Charges the memory for `path` and `more` bytes with it.
template <class File>
void MergedTree<File>::charge(std::string_view path, std::uint64_t more) {
  constexpr std::uint64_t node_bytes = sizeof(typename Nodes::value_type) + 5 * sizeof(void*);  // of a tree's node
  const std::uint64_t names = path.size() + more;
  if (is_limited_) budget_->keep(path, node_bytes + names + File::more_bytes(names));
}

template <class File>
std::string MergedTree<File>::follow(std::string_view path, std::uint64_t& steps) const {
  const auto read_link = [&](const std::string& at, bool) -> std::optional<std::string> {
    steps += 1 + at.size() / 64;  // a long name is compared for as long
    const Node* node = find(at);
    return node != nullptr && node->is_symlink() ? std::optional(node->target) : std::nullopt;
  };
  auto out = follow_links(path, read_link);
  if (!out)
    throw Error(File::loop_kind,
                cat("`/", printable(path, 4096), "` cannot be resolved: the image's symbolic links form a loop"));
  return std::move(*out);
}

template <class File>
const std::string& MergedTree<File>::real_folder(std::string_view folder) {
  if (!recent_ || recent_->first != folder) recent_.emplace(folder, follow_charged(folder));
  return recent_->second;
}

}  // namespace lapstrake::layers
