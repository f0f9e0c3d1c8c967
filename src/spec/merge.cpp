#include "merge.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

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
struct Place {
  int depth = 0;
  bool task = false;
  bool keeps_null() const { return task && depth >= 2; }
  Place below(std::string_view key) const { return {depth + 1, depth == 0 ? key == "tasks" : task}; }
};

class Merge {
 public:
  explicit Merge(Findings& findings) : findings_(findings) {}

  Node merge(Node target, const Node& patch, const Place& place) {
    if (patch.kind == Node::Kind::map) return merge_map(std::move(target), patch, place);
    if (all_have_names(patch) && all_have_names(target)) return merge_by_name(std::move(target), patch, place);
    return patch;
  }

 private:
  Node merge_map(Node target, const Node& patch, const Place& place) {
    const bool is_new = target.kind != Node::Kind::map;
    if (is_new) target = {.kind = Node::Kind::map, .where = patch.where};
    for (const auto& change : patch.members) {
      const auto found = std::ranges::find(target.members, change.key, &Member::key);
      const bool absent = found == target.members.end();
      if (change.value.kind == Node::Kind::null && !place.keeps_null()) {
        if (!absent)
          target.members.erase(found);
        else if (!is_new)
          tell_nothing_to_remove(change, target);
        continue;
      }
      const auto below = place.below(change.key);
      if (absent)
        target.members.push_back({change.key, change.where, merge({}, change.value, below)});
      else
        found->value = merge(std::move(found->value), change.value, below);
    }
    return target;
  }

  Node merge_by_name(Node target, const Node& patch, const Place& place) {
    const Place below{place.depth + 1, place.task};
    for (const auto& change : patch.items) {
      const auto found =
          std::ranges::find(target.items, name_of(change)->text, [](const Node& item) { return name_of(item)->text; });
      if (found == target.items.end())
        target.items.push_back(merge({}, change, below));
      else
        *found = merge(std::move(*found), change, below);
    }
    return target;
  }

  void tell_nothing_to_remove(const Member& change, const Node& target) {
    std::vector<std::string> keys;
    for (const auto& member : target.members) keys.push_back(member.key);
    const auto near = nearest(change.key, keys);
    findings_.warning(change.where, cat("there is no ", in_quotes(change.key), " that this could remove"),
                      near ? cat("did you mean `", *near, "`?") : "");
  }

  Findings& findings_;
};

}  // namespace

Node merged(Node document, const Node& patch, Findings& findings) {
  return Merge(findings).merge(std::move(document), patch, {});
}

}  // namespace lapstrake::spec
