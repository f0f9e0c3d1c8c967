#include "json_members.hpp"

#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "places.hpp"

namespace lapstrake::packages::npm {
namespace {

void add_bin(std::map<std::string, std::string>& out, std::string command, std::string file) {
  for (char& c : command)
    if (c == '\\' || c == ':') c = '/';
  std::string name(lapstrake::name_of(normal_path("/", command)));
  std::string path = normal_path("/", replace_all(std::move(file), "\\", "/"));
  while (path.starts_with('/')) path.erase(0, 1);
  if (!name.empty() && !path.empty() && name.find('\0') == name.npos && path.find('\0') == path.npos)
    out.insert_or_assign(std::move(name), std::move(path));
}

}  // namespace

const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_member(const nlohmann::json& object, const char* name) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

bool flag_member(const nlohmann::json& object, const char* name) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::vector<std::string> texts_member(const nlohmann::json& object, const char* name) {
  std::vector<std::string> out;
  const auto* value = member(object, name);
  if (value == nullptr) return out;
  if (value->is_string()) out.push_back(value->get<std::string>());
  if (value->is_array())
    for (const auto& item : *value)
      if (item.is_string()) out.push_back(item.get<std::string>());
  return out;
}

std::map<std::string, std::string> map_member(const nlohmann::json& object, const char* name) {
  std::map<std::string, std::string> out;
  const auto* value = member(object, name);
  if (value == nullptr || !value->is_object()) return out;
  for (const auto& [key, item] : value->items())
    if (item.is_string()) out.emplace(key, item.get<std::string>());
  return out;
}

std::map<std::string, std::string> bin_member(const nlohmann::json& object, std::string_view package_name) {
  std::map<std::string, std::string> out;
  const auto* value = member(object, "bin");
  if (value == nullptr) return out;
  if (value->is_string()) add_bin(out, std::string(package_name), value->get<std::string>());
  if (value->is_array())
    for (const auto& file : texts_member(object, "bin")) add_bin(out, file, file);
  for (auto& [command, file] : map_member(object, "bin")) add_bin(out, command, file);
  return out;
}

}  // namespace lapstrake::packages::npm
