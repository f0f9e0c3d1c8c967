#include "optional_set.hpp"

#include "places.hpp"

namespace lapstrake::packages::npm {
namespace {

struct Edge {
  std::size_t from, to;
  bool is_optional;
};

class Graph {
 public:
  explicit Graph(const LockFile& lock) : lock_(lock), out_(lock.packages.size()), in_(lock.packages.size()) {
    for (std::size_t i = 0; i < lock.packages.size(); ++i) {
      const auto& package = lock.packages[i];
      for (const auto& [name, range] : package.required) add(i, dependency(lock, package, name), false);
      for (const auto& [name, range] : package.optionally_required) add(i, dependency(lock, package, name), true);
      if (package.link) add(i, lock.find(normal_path({}, package.resolved)), false);
    }
  }

  // Upward, over edges that are not optional.
  std::vector<bool> failing(const std::vector<std::size_t>& failed) const {
    std::vector<bool> out(out_.size());
    std::vector<std::size_t> todo;
    const auto visit = [&](std::size_t i) {
      if (out[i] || !lock_.packages[i].is_in_node_modules()) return;
      out[i] = true;
      todo.push_back(i);
    };
    for (const auto i : failed) visit(i);
    while (!todo.empty()) {
      const auto i = todo.back();
      todo.pop_back();
      for (const auto edge : in_[i])
        if (!edges_[edge].is_optional) visit(edges_[edge].from);
    }
    return out;
  }

  // Downward: all that `set` may need ...
  std::vector<bool> closure(const std::vector<bool>& set) const {
    auto out = set;
    std::vector<std::size_t> todo;
    for (std::size_t i = 0; i < set.size(); ++i)
      if (set[i]) todo.push_back(i);
    while (!todo.empty()) {
      const auto i = todo.back();
      todo.pop_back();
      for (const auto edge : out_[i])
        if (const auto to = edges_[edge].to; !out[to]) out[to] = true, todo.push_back(to);
    }
    return out;
  }

  // ... without those that a package outside of the closure needs, and without their dependencies.
  void keep_what_others_need(std::vector<bool>& closure, const std::vector<bool>& set) const {
    std::vector<std::size_t> todo;
    const auto keep = [&](std::size_t i) {
      if (!closure[i] || set[i]) return;
      closure[i] = false;
      todo.push_back(i);
    };
    for (const auto& edge : edges_)
      if (!closure[edge.from]) keep(edge.to);
    for (std::size_t i = 0; i < closure.size(); ++i)
      if (!lock_.packages[i].is_in_node_modules()) keep(i);
    while (!todo.empty()) {
      const auto i = todo.back();
      todo.pop_back();
      for (const auto edge : out_[i]) keep(edges_[edge].to);
    }
  }

 private:
  void add(std::size_t from, const LockedPackage* to, bool is_optional) {
    if (to == nullptr) return;
    const auto index = static_cast<std::size_t>(to - lock_.packages.data());
    out_[from].push_back(edges_.size());
    in_[index].push_back(edges_.size());
    edges_.push_back({.from = from, .to = index, .is_optional = is_optional});
  }

  const LockFile& lock_;
  std::vector<Edge> edges_;
  std::vector<std::vector<std::size_t>> out_, in_;  // indices into edges_
};

}  // namespace

std::vector<bool> optional_set(const LockFile& lock, const std::vector<std::size_t>& failed) {
  if (failed.empty()) return std::vector<bool>(lock.packages.size());
  const Graph graph(lock);
  const auto set = graph.failing(failed);
  auto out = graph.closure(set);
  graph.keep_what_others_need(out, set);
  return out;
}

}  // namespace lapstrake::packages::npm
