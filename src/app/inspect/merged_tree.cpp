#include "merged_tree.hpp"

#include <deque>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

constexpr std::string_view whiteout = ".wh.";
constexpr int most_links = 40;  // Linux's own limit (MAXSYMLINKS)

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}
std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}
std::string joined(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : cat(folder, "/", name);
}

[[noreturn]] void broken(std::string_view path, std::string_view why) {
  throw Error(ErrorKind::integrity, cat("`", printable(path, 4096), "` ", why));
}

// Relative to the root, as the layer's reader must see it.
std::string inner_path(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  for (const auto& part : split(path, '/'))
    if (part == "..") broken(path, "is outside the image");
  if (path.size() > limits::path_bytes) broken(path, "is longer than 4096 bytes");
  return std::string(path);
}

char type_in_tree(const layers::TarEntry& entry) {
  switch (entry.kind) {
    case layers::Kind::directory: return 'd';
    case layers::Kind::symlink: return 'l';
    case layers::Kind::hardlink:
    case layers::Kind::file: break;
  }
  return entry.special ? 's' : '-';
}

oci::Digest hash_of(const oci::Xattrs& xattrs) {
  Sha256 hash;
  for (const auto& [name, value] : xattrs) hash.write(as_bytes(cat(name.size(), ":", name, value.size(), ":", value)));
  return oci::Digest(hash.finish());
}

FileFacts facts_of(const layers::TarEntry& entry, const Source& data) {
  FileFacts facts{.type = type_in_tree(entry), .mode = entry.mode, .uid = entry.uid, .gid = entry.gid};
  if (facts.type == 'l') facts.target = *entry.target;
  if (!entry.xattrs->empty()) facts.xattrs = hash_of(*entry.xattrs);
  if (facts.type != '-') return facts;
  Sha256 hash;
  facts.size = drain(data, [&](Bytes bytes) { hash.write(bytes); });
  facts.content = oci::Digest(hash.finish());
  return facts;
}

}  // namespace

void MergedTree::add_layer(const Source& blob, std::string_view what, const std::stop_token& stop) {
  ++layers_;
  emptied_.clear();
  step(cat("reading ", what), [&] {
    layers::read_tar(budget_->metered(blob), what,
                     [&](const layers::TarEntry& entry, const Source& data) {
                       if (entry.target->size() > limits::path_bytes)
                         broken(entry.path, "is a link to a path longer than 4096 bytes");
                       budget_->step(entry.path, 1);
                       lay(entry, data);
                     },
                     {.stop = stop});
  });
}

// What a node costs, and the change of it that a report may hold.
void MergedTree::charge(std::string_view path, std::uint64_t more) {
  constexpr std::uint64_t node_bytes = sizeof(decltype(nodes_)::value_type) + 5 * sizeof(void*) + sizeof(FileChange);
  budget_->keep(path, node_bytes + 2 * (path.size() + more));
}

// As containerd applies a layer (pkg/archive/tar.go): whiteouts mean lower layers only; a folder over a folder keeps
// what is in it, any other replacement takes away what was there; folders on the way are made, links on it followed.
void MergedTree::lay(const layers::TarEntry& entry, const Source& data) {
  const auto path = inner_path(entry.path);
  if (path.empty()) return;
  const auto folder = follow(parent_of(path));
  if (name_of(path).starts_with(whiteout)) return white_out(folder, name_of(path));
  const auto real = joined(folder, name_of(path));
  Node node{.layer = layers_};
  if (entry.kind == layers::Kind::hardlink) {
    const auto target = inner_path(*entry.target);
    const auto found = nodes_.find(joined(follow(parent_of(target)), name_of(target)));
    if (found == nodes_.end() || found->second.facts.type == 'd')
      broken(path, cat("is a hard link to `", printable(target, 4096), "`, which is not a file"));
    if (found->first == real) return;
    node.facts = found->second.facts;
  } else {
    node.facts = facts_of(entry, data);
  }
  if (const auto before = nodes_.find(real);
      before != nodes_.end() && (before->second.facts.type != 'd' || node.facts.type != 'd'))
    remove(real);
  make_parents(real);
  charge(real, node.facts.target.size());
  nodes_.insert_or_assign(real, std::move(node));
}

void MergedTree::white_out(const std::string& folder, std::string_view name) {
  if (name == ".wh..wh..opq") return remove_lower(folder);
  name.remove_prefix(whiteout.size());
  if (name.empty() || name == "." || name == "..") broken(folder, "contains a whiteout without a name");
  if (name.starts_with(whiteout)) return;  // AUFS's own notes
  const auto path = joined(folder, name);
  const auto found = nodes_.find(path);
  if (found != nodes_.end() && found->second.layer == layers_)
    remove_lower(path);
  else
    remove(path);
}

void MergedTree::make_parents(std::string_view path) {
  for (auto folder = parent_of(path); !folder.empty(); folder = parent_of(folder)) {
    const auto [at, is_new] = nodes_.try_emplace(std::string(folder), Node{.facts = {.type = 'd', .mode = 0755}});
    auto& node = at->second;
    if (is_new) charge(folder, 0);
    if (node.facts.type != 'd') broken(path, cat("is inside `", printable(folder, 4096), "`, which is not a folder"));
    if (!is_new && node.layer == layers_) return;
    node.layer = layers_;
  }
}

void MergedTree::remove(std::string_view path) {
  if (const auto at = nodes_.find(path); at != nodes_.end()) nodes_.erase(at);
  const auto below = cat(path, "/");
  for (auto at = nodes_.lower_bound(below); at != nodes_.end() && at->first.starts_with(below);) at = nodes_.erase(at);
}

// Once in a layer: what lies there afterwards is of the layer itself, and a second whiteout must not walk over it
// again.
void MergedTree::remove_lower(std::string_view folder) {
  for (auto up = folder;; up = parent_of(up)) {
    if (emptied_.contains(up)) return;
    if (up.empty()) break;
  }
  emptied_.emplace(folder);
  charge(folder, 0);
  const auto below = folder.empty() ? std::string() : cat(folder, "/");
  for (auto at = nodes_.lower_bound(below); at != nodes_.end() && at->first.starts_with(below);)
    at = at->second.layer == layers_ ? std::next(at) : nodes_.erase(at);
}

std::string MergedTree::follow(std::string_view path) {
  if (path.empty()) return {};
  std::deque<std::string> todo;
  for (auto& part : split(path, '/')) todo.push_back(std::move(part));
  std::string out;
  for (int links = 0; !todo.empty();) {
    const auto part = std::move(todo.front());
    todo.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      out = parent_of(out);
      continue;
    }
    auto next = joined(out, part);
    budget_->step(path, 1 + next.size() / 64);  // a long name is compared for as long
    const auto found = nodes_.find(next);
    if (found == nodes_.end() || found->second.facts.type != 'l') {
      out = std::move(next);
      continue;
    }
    if (++links > most_links || todo.size() > limits::path_bytes || out.size() > limits::path_bytes)
      broken(path, "cannot be resolved: loop of symbolic links");
    const auto& target = found->second.facts.target;
    if (target.starts_with('/')) out.clear();
    const auto steps = split(target, '/');
    todo.insert(todo.begin(), steps.begin(), steps.end());
  }
  return out;
}

}  // namespace lapstrake::app
