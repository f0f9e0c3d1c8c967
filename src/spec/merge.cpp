#include "merge.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <unordered_map>
#include <utility>

namespace lapstrake::spec {
namespace {

const Node* name_of(const Node& node) {
  const auto* name = node.kind == Node::Kind::map ? node.find("name") : nullptr;
  return name != nullptr && name->kind == Node::Kind::text ? name : nullptr;
}

bool all_have_names(const Node& list) {
  return list.kind == Node::Kind::list && !list.items.empty() && std::ranges::all_of(list.items, name_of);
}

// `depth`: how many keys lead here; `task`: the first of them is `tasks`.
struct MergeScope {
  int depth = 0;
  bool task = false;
  bool keeps_null() const { return task && depth >= 2; }
  MergeScope below(std::string_view key) const { return {depth + 1, depth == 0 ? key == "tasks" : task}; }
};

class Merge {
 public:
  explicit Merge(Findings& findings) : findings_(findings) {}

  Node merge(Node target, const Node& patch, const MergeScope& scope) {
    if (patch.kind == Node::Kind::map) return merge_map(std::move(target), patch, scope);
    if (all_have_names(patch) && all_have_names(target)) return merge_by_name(std::move(target), patch, scope);
    return patch;
  }

 private:
  using Index = std::unordered_map<std::string, std::size_t>;

  Node merge_map(Node target, const Node& patch, const MergeScope& scope) {
    const bool is_new = target.kind != Node::Kind::map;
    if (is_new) target = node_of(Node::Kind::map, patch.where);
    Index index;
    for (std::size_t i = 0; i < target.members.size(); ++i) index.emplace(target.members[i].key, i);
    auto members = std::exchange(target.members, {});
    std::vector<bool> removed(members.size());
    for (const auto& change : patch.members) {
      const auto found = index.find(change.key);
      if (change.value.kind == Node::Kind::null && !scope.keeps_null()) {
        if (found != index.end())
          removed[found->second] = true;
        else if (!is_new)
          report_nothing_to_remove(change, members);
        continue;
      }
      const auto below = scope.below(change.key);
      if (found == index.end())
        members.push_back({change.key, change.where, merge({}, change.value, below)});
      else
        members[found->second].value = merge(std::move(members[found->second].value), change.value, below);
    }
    for (std::size_t i = 0; i < members.size(); ++i)
      if (i >= removed.size() || !removed[i]) target.members.push_back(std::move(members[i]));
    return target;
  }

  Node merge_by_name(Node target, const Node& patch, const MergeScope& scope) {
    const MergeScope below{scope.depth + 1, scope.task};
    Index index;
    for (std::size_t i = 0; i < target.items.size(); ++i) index.emplace(name_of(target.items[i])->text, i);
    for (const auto& change : patch.items) {
      const auto [found, is_new] = index.emplace(name_of(change)->text, target.items.size());
      if (is_new)
        target.items.push_back(merge({}, change, below));
      else
        target.items[found->second] = merge(std::move(target.items[found->second]), change, below);
    }
    return target;
  }

  void report_nothing_to_remove(const Member& change, const std::vector<Member>& members) {
    if (findings_.is_full()) return;
    std::vector<std::string> keys;
    keys.reserve(members.size());
    for (const auto& member : members) keys.push_back(member.key);
    const auto near = nearest_name(change.key, keys);
    findings_.warning(change.where, cat("cannot remove ", in_quotes(change.key), ": there is no such key"),
                      near ? cat("did you mean `", *near, "`?") : "");
  }

  Findings& findings_;
};

}  // namespace

Node merged(Node document, const Node& patch, Findings& findings) {
  return Merge(findings).merge(std::move(document), patch, {});
}

}  // namespace lapstrake::spec
