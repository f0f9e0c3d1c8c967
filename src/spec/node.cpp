#include "node.hpp"

#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {

const Member* Node::member(std::string_view key) const {
  for (const auto& member : members)
    if (member.key == key) return &member;
  return nullptr;
}

const Node* Node::find(std::string_view key) const {
  const auto* found = member(key);
  return found == nullptr ? nullptr : &found->value;
}

Node node_of(Node::Kind kind, const Span& where) {
  Node out;
  out.kind = kind;
  out.where = where;
  return out;
}

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::text: return "text";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a mapping";
  }
  return "nothing";
}

std::optional<std::string> nearest_name(std::string_view word, const std::vector<std::string>& names) {
  return names.size() > 500 ? std::nullopt : nearest(word, names);
}

std::string in_quotes(std::string_view text) { return cat("`", printable(text, 80), "`"); }

}  // namespace lapstrake::spec
