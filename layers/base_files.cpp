#include <deque>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/tar.hpp>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

constexpr int most_links = 40;  // Linux's own limit (MAXSYMLINKS)

// A link of a later layer may make it the image's own.
bool is_candidate(std::string_view path) { return name_of(path) == "passwd" || name_of(path) == "group"; }

[[noreturn]] void broken(std::string_view path, std::string_view why) {
  throw Error(ErrorKind::integrity, cat("`", printable(path, 4096), "` ", why));
}

}  // namespace

void BaseFiles::begin_layer(bool is_foreign) {
  ++layers_;
  emptied_.clear();
  is_foreign_ = is_foreign;
}

void BaseFiles::add_layer(const Source& blob, std::string_view what, const std::stop_token& stop) {
  begin_layer(true);
  const EachEntry each = [&](const TarEntry& entry, const Source& data) {
    const auto path = relative_path(entry.path);
    if (!path) broken(entry.path, "is outside of the image");
    if (path->size() > limits::path_bytes) broken(*path, "is longer than 4096 bytes");
    if (entry.target->size() > limits::path_bytes) broken(*path, "is a link to a path longer than 4096 bytes");
    budget_.step(*path, 1);
    lay(entry, *path, [&] { return read_all(data, limits::account_bytes, cat("`", *path, "`")); });
  };
  step(cat("reading ", what), [&] { read_tar(budget_.metered(blob), what, each, {.stop = stop}); });
}

void BaseFiles::add_layer(const std::vector<Entry>& entries) {
  begin_layer(false);
  for (const Entry& entry : entries) {
    const auto* text = std::get_if<std::string>(&entry.content);
    lay(entry, entry.path, [&] { return text == nullptr ? std::string{} : *text; });
  }
}

// containerd's pkg/archive/tar.go: whiteouts apply to lower layers only; a folder over a folder keeps what is in it,
// any other replacement takes away what was there; folders on the way are made.
void BaseFiles::lay(const Entry& entry, std::string path, const std::function<std::string()>& text) {
  if (path.empty()) return;  // the root itself
  const std::string real = joined(real_folder(parent_of(path)), name_of(path));
  if (name_of(real).starts_with(whiteout_prefix)) return white_out(parent_of(real), name_of(real));
  Node node{.kind = entry.kind, .mode = entry.mode, .uid = entry.uid, .gid = entry.gid, .target = {}, .layer = layers_};
  std::optional<std::string> content;
  if (entry.kind == Kind::symlink) node.target = *entry.target;
  if (entry.kind == Kind::hardlink) {
    const auto target = relative_path(*entry.target);
    if (!target) broken(*entry.target, "is the target of a hard link and is outside of the image");
    const std::string body = joined(real_folder(parent_of(*target)), name_of(*target));
    const Node* found = find(body);
    if (found == nullptr || found->kind == Kind::directory)
      broken(path, cat("is a hard link to `", printable(*target), "`, which is not a file"));
    if (body == real) return;
    node = *found;
    node.layer = layers_;
    if (const auto kept = texts_.find(body); kept != texts_.end()) content = kept->second;
  }
  if (const Node* before = find(real);
      before != nullptr && (before->kind != Kind::directory || entry.kind != Kind::directory))
    remove(real);
  make_parents(real);
  if (entry.kind == Kind::file && entry.size > 0) content = kept_text(entry, node, real, text);
  charge(real, node.target.size() + (content ? content->size() : 0));
  if (content) texts_.insert_or_assign(real, std::move(*content));
  if (node.kind != Kind::file && node.kind != Kind::directory) forget_links();
  nodes_.insert_or_assign(real, std::move(node));
}

// Charges the memory for `path` and `more` bytes with it. Layers from the spec are not limited.
void BaseFiles::charge(std::string_view path, std::uint64_t more) {
  constexpr std::uint64_t node_bytes = sizeof(decltype(nodes_)::value_type) + 5 * sizeof(void*);  // of a tree's node
  if (is_foreign_) budget_.keep(path, node_bytes + path.size() + more);
}

bool BaseFiles::is_account_file(const std::string& real) {
  if (!account_files_) account_files_ = {real_path("etc/passwd"), real_path("etc/group")};
  return real == account_files_->front() || real == account_files_->back();
}

// The text of etc/passwd and etc/group as links lead to them now, and of what a later link may make one of them.
std::optional<std::string> BaseFiles::kept_text(const Entry& entry, Node& node, const std::string& real,
                                                const std::function<std::string()>& text) {
  if (is_account_file(real)) return text();
  if (!is_candidate(real) || entry.size > limits::account_bytes) return std::nullopt;
  node.text_was_dropped = entry.size > limits::account_candidate_bytes - candidate_bytes_;
  if (node.text_was_dropped) return std::nullopt;
  candidate_bytes_ += entry.size;
  return text();
}

void BaseFiles::forget_links() {
  recent_.reset();
  account_files_.reset();
}

std::string BaseFiles::real_path(std::string_view path) {
  std::uint64_t steps = 0;
  auto out = follow(path, steps);
  if (is_foreign_) budget_.step(path, steps);
  return out;
}

const std::string& BaseFiles::real_folder(std::string_view folder) {
  if (!recent_ || recent_->first != folder) recent_.emplace(folder, real_path(folder));
  return recent_->second;
}

void BaseFiles::white_out(std::string_view folder, std::string_view name) {
  if (name == ".wh..wh..opq") return remove_below(folder);
  name.remove_prefix(whiteout_prefix.size());
  if (name.empty() || name == "." || name == "..") broken(folder, "has a whiteout without a name");
  if (name.starts_with(whiteout_prefix)) return;  // AUFS's own notes
  const std::string path = joined(folder, name);
  // A whiteout does not affect entries of its own layer, only those of lower layers.
  if (const Node* node = find(path); node != nullptr && node->layer == layers_)
    remove_below(path);
  else
    remove(path);
}

// What lower layers have below `folder`. Once in a layer: what lies there afterwards is of the layer itself, and a
// second whiteout must not walk over it again.
void BaseFiles::remove_below(std::string_view folder) {
  for (std::string_view up = folder;; up = parent_of(up)) {
    if (emptied_.contains(up)) return;
    if (up.empty()) break;
  }
  emptied_.emplace(folder);
  charge(folder, 0);
  forget_links();
  auto at = folder.empty() ? nodes_.begin() : nodes_.lower_bound(cat(folder, "/"));
  while (at != nodes_.end() && lies_in(at->first, folder)) {
    if (at->second.layer == layers_)
      ++at;
    else
      at = erase(at);
  }
}

BaseFiles::Nodes::iterator BaseFiles::erase(Nodes::iterator at) {
  if (const auto text = texts_.find(at->first); text != texts_.end()) texts_.erase(text);
  return nodes_.erase(at);
}

void BaseFiles::remove(std::string_view path) {
  forget_links();
  if (const auto at = nodes_.find(path); at != nodes_.end()) erase(at);
  auto at = nodes_.lower_bound(cat(path, "/"));
  while (at != nodes_.end() && lies_in(at->first, path)) at = erase(at);
}

void BaseFiles::make_parents(std::string_view path) {
  for (std::string_view folder = parent_of(path); !folder.empty(); folder = parent_of(folder)) {
    const auto [at, is_new] =
        nodes_.try_emplace(std::string(folder), Node{.kind = Kind::directory, .mode = 0755, .target = {}, .layer = 0});
    Node& node = at->second;
    if (is_new) charge(folder, 0);
    if (!is_new && node.kind == Kind::directory && node.layer == layers_) return;  // with all that it lies in
    if (node.kind != Kind::directory) broken(path, cat("is in `", printable(folder), "`, which is not a folder"));
    node.layer = layers_;  // this layer needs it: a whiteout of it means what was in it before
  }
}

const BaseFiles::Node* BaseFiles::find(std::string_view path) const {
  const auto at = nodes_.find(path);
  return at == nodes_.end() ? nullptr : &at->second;
}

std::string BaseFiles::resolve(std::string_view path) const {
  const std::string folder = follow(parent_of(path));
  return joined(folder, name_of(path));
}

std::string BaseFiles::follow(std::string_view path) const {
  std::uint64_t steps = 0;
  return follow(path, steps);
}

std::string BaseFiles::follow(std::string_view path, std::uint64_t& steps) const {
  std::deque<std::string> todo;
  for_each_part(path, [&](std::string_view part) { return todo.emplace_back(part), true; });
  std::string out;
  for (int links = 0; !todo.empty();) {
    const std::string part = std::move(todo.front());
    todo.pop_front();
    if (part == "..") {
      out = parent_of(out);
      continue;
    }
    std::string next = joined(out, part);
    steps += 1 + next.size() / 64;  // a long name is compared for as long
    const Node* node = find(next);
    if (node == nullptr || node->kind != Kind::symlink) {
      out = std::move(next);
      continue;
    }
    if (++links > most_links || todo.size() > limits::path_bytes || out.size() > limits::path_bytes)
      throw Error(ErrorKind::input,
                  cat("`/", printable(path, 4096), "` cannot be resolved: the image's symbolic links form a loop"));
    if (node->target.starts_with('/')) out.clear();
    std::deque<std::string> target;
    for_each_part(node->target, [&](std::string_view step) { return target.emplace_back(step), true; });
    todo.insert(todo.begin(), target.begin(), target.end());
  }
  return out;
}

std::optional<std::string> BaseFiles::text_of(std::string_view path) const {
  const auto real = follow(path);
  if (const auto at = texts_.find(real); at != texts_.end()) return at->second;
  if (const Node* node = find(real); node != nullptr && node->text_was_dropped)
    throw Error(ErrorKind::integrity, cat("cannot read `/", printable(real), "` of the base image"),
                "write `/etc/passwd` and `/etc/group` in a layer")
        .because(cat("files named `passwd` or `group` have more than ", human_size(limits::account_candidate_bytes)));
  return std::nullopt;
}

std::vector<std::string> BaseFiles::names_in(std::string_view folder, std::size_t most) const {
  std::vector<std::string> out;
  const std::string prefix = folder.empty() ? std::string{} : cat(folder, "/");
  auto at = nodes_.lower_bound(prefix);
  while (at != nodes_.end() && at->first.starts_with(prefix) && out.size() < most) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) {
      out.emplace_back(rest);
      ++at;
    } else {
      at = nodes_.lower_bound(cat(prefix, rest.substr(0, slash), "0"));  // '0' follows '/': past all that lies in it
    }
  }
  return out;
}

}  // namespace lapstrake::layers
