#include "yaml_json.hpp"
#include <algorithm>

#include <charconv>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "values.hpp"

namespace lapstrake::spec {
namespace {

using nlohmann::json;

json number_or_text(const std::string& text) {
  if (const auto integer = parse_decimal(text)) return *integer;
  const auto digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return text;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return text;
  json value = number;
  return value.dump() == text ? value : json(text);
}

json scalar(const Node& node) {
  if (!node.plain) return node.text;
  if (node.text == "true") return true;
  if (node.text == "false") return false;
  return number_or_text(node.text);
}

}  // namespace

json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return nullptr;
    case Node::Kind::text: return scalar(node);
    case Node::Kind::list: {
      auto out = json::array();
      for (const auto& item : node.items) out.push_back(to_json(item));
      return out;
    }
    case Node::Kind::map: break;
  }
  auto out = json::object();
  for (const auto& member : node.members) out[member.key] = to_json(member.value);
  return out;
}

namespace {

// `left`: bytes for pointers.
void note(const Node& node, const std::string& pointer, const SourceText& source,
          std::map<std::string, Position>& positions, std::size_t& left) {
  left -= std::min(left, pointer.size());
  if (left == 0) return;
  positions[pointer] = source.position(node.where);
  for (std::size_t i = 0; i < node.items.size() && left > 0; ++i)
    note(node.items[i], cat(pointer, "/", i), source, positions, left);
  for (const auto& member : node.members) {
    if (left == 0) return;
    note(member.value, cat(pointer, "/", replace_all(replace_all(member.key, "~", "~0"), "/", "~1")), source, positions,
         left);
  }
}

}  // namespace

json to_json(const Node& node, const std::vector<std::string>& without, const SourceText& source,
             std::map<std::string, Position>& positions) {
  Node kept = node;
  std::erase_if(kept.members, [&](const Member& member) {
    return std::find(without.begin(), without.end(), member.key) != without.end();
  });
  std::size_t left = most_pointer_bytes;
  note(kept, "", source, positions, left);
  return to_json(kept);
}

}  // namespace lapstrake::spec
