// Reads the members of a mapping as values. check_shape() has reported invalid ones: here they count as absent.
#pragma once
#include <cstdint>
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node.hpp"

namespace lapstrake::spec {

// The value if it is text and its variables are expanded.
const Node* text_node(const Node& map, std::string_view key);
std::string text_field(const Node& map, std::string_view key, std::string_view fallback = {});
std::optional<std::int64_t> integer_field(const Node& map, std::string_view key);
std::optional<std::uint32_t> mode_field(const Node& map, std::string_view key);
std::optional<oci::Owner> owner_field(const Node& map, std::string_view key);
bool is_true(const Node& map, std::string_view key);
std::span<const Node> items_of(const Node& map, std::string_view key);
// Of a list, or the value itself if it is a mapping.
std::span<const Node> one_or_more(const Node& map, std::string_view key);
std::span<const Member> members_of(const Node& map, std::string_view key);
std::vector<std::string> texts_field(const Node& map, std::string_view key);
std::optional<std::vector<std::string>> command_field(const Node& map, std::string_view key);  // none: absent
std::map<std::string, std::string> pairs_field(const Node& map, std::string_view key);

// Without doubled slashes and `.` parts; a slash at the end stays.
std::string clean_path(std::string_view path);

}  // namespace lapstrake::spec
