#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <limits>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
using nlohmann::json;

json as_string(const json& value) { return value.is_number() || value.is_boolean() ? json(value.dump()) : value; }

const json& member_of(const json& object, const char* name) {
  static const json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string text_of(const json& object, const char* name) {
  const auto& value = member_of(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

bool is_text_or_absent(const json& object, const char* name) {
  return !object.is_object() || !object.contains(name) || object[name].is_string();
}

std::optional<std::int64_t> number_of(const json& object, const char* name) {
  const auto& value = member_of(object, name);
  if (!value.is_number_integer()) return std::nullopt;
  const bool is_huge =
      value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int32_t>::max();
  const auto number = is_huge ? 0 : value.get<std::int64_t>();
  return is_huge || number < std::numeric_limits<std::int32_t>::min() ? std::nullopt : std::optional(number);
}

const json& list_of(const json& object, const char* name) {
  static const json none = json::array();
  const auto& value = member_of(object, name);
  return value.is_array() ? value : none;
}

bool is_set(const json& value) {
  return !value.is_null() && value != false && !(value.is_structured() && value.empty()) && value != "";
}

std::string below(const std::string& pointer, std::string_view name) {
  return cat(pointer, "/", replace_all(replace_all(std::string(name), "~", "~0"), "/", "~1"));
}

std::string below(const std::string& pointer, std::size_t index) { return cat(pointer, "/", index); }

bool is_never_aws_member(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool is_member =
      !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
      std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  return !is_member || name == "comment" || name == "comments";
}

void visit_path(json& value, std::string_view place, const Visit& visit, const std::string& pointer) {
  if (place.empty()) return visit(value, pointer);
  const auto slash = place.find('/');
  const std::string name(place.substr(0, slash));
  const auto rest = slash == std::string_view::npos ? std::string_view() : place.substr(slash + 1);
  if (name != "*") {
    if (value.is_object() && value.contains(name)) visit_path(value[name], rest, visit, below(pointer, name));
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) visit_path(value[i], rest, visit, below(pointer, i));
  } else if (value.is_object()) {
    for (auto& [member, inner] : value.items()) visit_path(inner, rest, visit, below(pointer, member));
  }
}

}  // namespace lapstrake::aws
