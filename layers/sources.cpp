#include "sources.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

using Links = HostTree::Links;

// `a/**` is `a` with all that is in it.
std::string without_rest(std::string from) {
  while (from == "**" || from.ends_with("/**")) from.resize(from.size() - std::min<std::size_t>(3, from.size()));
  return from.empty() ? "." : from;
}

std::vector<HostTree::Node> matches_in(const std::string& folder, const PathGlob& glob, const HostTree& tree,
                                       const std::stop_token& stop) {
  std::vector<HostTree::Node> found;
  std::vector<std::pair<std::string, PathGlob::State>> todo;
  todo.emplace_back(folder, glob.start());
  while (!todo.empty()) {
    stop_point(stop);
    const auto [path, state] = std::move(todo.back());
    todo.pop_back();
    for (HostTree::Node& node : tree.nodes_in(path)) {
      auto next = glob.after(state, name_of(node.path));
      if (glob.is_match(next))
        found.push_back(std::move(node));  // all that is in a folder comes with it
      else if (!next.empty() && node.is_folder())
        todo.emplace_back(node.path, std::move(next));
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

std::vector<std::string> names_of(const std::vector<HostTree::Node>& nodes) {
  std::vector<std::string> out;
  for (const auto& node : nodes) out.emplace_back(name_of(node.path));
  return out;
}

Sources matches_of(const std::string& from, const HostTree& tree, const std::stop_token& stop) {
  std::vector<std::string> fixed, parts = split(from, '/');
  while (!is_glob(parts.front())) {
    fixed.push_back(unescaped(parts.front()));
    parts.erase(parts.begin());
  }
  const std::string folder = join(fixed, "/");
  const auto start = tree.find(folder, Links::follow);
  if (!start || !start->is_folder()) absent(folder, tree);
  return {.nodes = matches_in(start->path, PathGlob(parts), tree, stop), .pattern_root = start->path, .name = {}};
}

}  // namespace

void absent(std::string_view from, const HostTree& tree) {
  // The deepest folder on the way that is there, and what in it is nearly what was asked for.
  std::string there, missing;
  std::optional<HostTree::Node> folder;
  for_each_part(from, [&](std::string_view part) {
    folder = tree.find(there, Links::follow);
    missing = part;
    const std::string next = joined(there, part);
    if (!tree.find(next, Links::follow)) return false;
    there = next;
    return true;
  });
  Error error(ErrorKind::input,
              cat("`", printable(tree.under_root(from).value_or(cat("/", from)), 4096), "` does not exist"));
  if (folder && folder->is_folder() && folder->file.item().is_readable)
    if (const auto near = nearest(missing, names_of(tree.nodes_in(folder->path))))
      error.helped_by(cat("did you mean `", printable(tree.under_root(joined(there, *near)).value_or(*near)), "`?"));
  error.helped_by("`from:` paths are relative to the folder of the spec");
  throw error;
}

Sources sources_of(const oci::Copy& copy, const HostTree& tree, const std::stop_token& stop) {
  const std::string from = tree.tree_path(without_rest(copy.from));
  if (is_glob(from)) {
    Sources found = matches_of(from, tree, stop);
    if (found.nodes.empty())
      throw Error(ErrorKind::input, cat("no file matches `", printable(copy.from, 4096), "`"),
                  "write `\\` before `*`, `?` or `[` to match that character");
    return found;
  }
  const std::string name = unescaped(from);
  const bool follow = copy.symlinks == oci::Copy::Symlinks::follow || copy.from.ends_with('/') || name.empty();
  auto node = tree.find(name, follow ? Links::follow : Links::keep);
  if (!node) absent(name, tree);
  std::string pattern_root(node->is_folder() ? node->path : std::string(parent_of(node->path)));
  std::vector<HostTree::Node> nodes;
  nodes.push_back(std::move(*node));
  return {.nodes = std::move(nodes), .pattern_root = std::move(pattern_root), .name = std::string(name_of(name))};
}

}  // namespace lapstrake::layers
