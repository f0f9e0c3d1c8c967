// A YAML document as a tree of values: aliases expanded, each value with its position.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source_text.hpp"

namespace lapstrake::spec {

struct Member;

struct Node {
  enum class Kind { null, text, list, map };
  Kind kind = Kind::null;
  std::string text;         // of a scalar, as it was written: 1.10 is "1.10"
  bool plain = false;       // a scalar without quotes
  bool unresolved = false;  // contains a variable that could not be expanded: its text is not checked
  Span where;
  std::vector<Node> items;
  std::vector<Member> members;  // in the order of the file

  const Node* find(std::string_view key) const;
  const Member* member(std::string_view key) const;
};

struct Member {
  std::string key;
  Span where;  // of the key
  Node value;
};

Node node_of(Node::Kind kind, const Span& where);

// "a list", "a mapping", "text", "nothing"
std::string_view kind_name(Node::Kind kind);

// base's nearest(), if there are few enough candidates to compare them all.
std::optional<std::string> nearest_name(std::string_view word, const std::vector<std::string>& names);

// `text` between backquotes, safe for a terminal, cut when long.
std::string in_quotes(std::string_view text);

}  // namespace lapstrake::spec
