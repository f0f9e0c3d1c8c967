#include "fields.hpp"

#include <lapstrake/base/text.hpp>

#include "values.hpp"

namespace lapstrake::spec {
namespace {

bool is_text(const Node& node) { return node.kind == Node::Kind::text && !node.unresolved; }

}  // namespace

const Node* text_node(const Node& map, std::string_view key) {
  const auto* node = map.find(key);
  return node != nullptr && is_text(*node) ? node : nullptr;
}

std::string text_field(const Node& map, std::string_view key, std::string_view fallback) {
  const auto* node = text_node(map, key);
  return node == nullptr ? std::string(fallback) : node->text;
}

std::optional<std::int64_t> integer_field(const Node& map, std::string_view key) {
  const auto* node = text_node(map, key);
  return node == nullptr ? std::nullopt : parse_decimal(node->text);
}

std::optional<std::uint32_t> mode_field(const Node& map, std::string_view key) {
  const auto* node = text_node(map, key);
  return node == nullptr ? std::nullopt : parse_mode(node->text);
}

std::optional<oci::Owner> owner_field(const Node& map, std::string_view key) {
  const auto* node = text_node(map, key);
  return node == nullptr ? std::nullopt : parse_owner(node->text);
}

bool is_true(const Node& map, std::string_view key) { return text_field(map, key) == "true"; }

std::span<const Node> items_of(const Node& map, std::string_view key) {
  const auto* node = map.find(key);
  return node == nullptr ? std::span<const Node>() : std::span(node->items);
}

std::span<const Node> one_or_more(const Node& map, std::string_view key) {
  const auto* node = map.find(key);
  if (node != nullptr && node->kind == Node::Kind::map) return {node, 1};
  return items_of(map, key);
}

std::span<const Member> members_of(const Node& map, std::string_view key) {
  const auto* node = map.find(key);
  return node == nullptr ? std::span<const Member>() : std::span(node->members);
}

std::vector<std::string> texts_field(const Node& map, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& item : items_of(map, key))
    if (is_text(item)) out.push_back(item.text);
  return out;
}

std::optional<std::vector<std::string>> command_field(const Node& map, std::string_view key) {
  if (map.find(key) == nullptr) return std::nullopt;
  return texts_field(map, key);
}

std::map<std::string, std::string> pairs_field(const Node& map, std::string_view key) {
  std::map<std::string, std::string> out;
  for (const auto& member : members_of(map, key))
    if (is_text(member.value)) out[member.key] = member.value.text;
  return out;
}

std::string clean_path(std::string_view path) {
  std::string out = path.starts_with('/') ? "/" : "";
  for (const auto& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (!out.empty() && out != "/") out += '/';
    out += part;
  }
  const bool folder = path.ends_with('/') || path.ends_with("/.");
  if (folder && !out.empty() && out != "/") out += '/';
  return out.empty() ? "." : out;
}

}  // namespace lapstrake::spec
