#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/task_position.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::spec {
namespace {

using nlohmann::json;

std::string unescaped(std::string token) { return replace_all(replace_all(std::move(token), "~1", "/"), "~0", "~"); }

// The overlay's index of the object that is called as `item` is; `index` itself when names do not decide.
std::string index_in(const json& overlay, const json& item, const std::string& index) {
  if (!item.is_object() || !item.contains("name")) return index;
  for (std::size_t i = 0; i < overlay.size(); ++i)
    if (overlay[i].is_object() && overlay[i].contains("name")) {
      if (overlay[i]["name"] == item["name"]) return cat(i);
    } else {
      return index;
    }
  return "-";
}

const json* step_into(const json* value, const std::string& token) {
  if (value == nullptr) return nullptr;
  if (value->is_object()) return value->contains(token) ? &value->at(token) : nullptr;
  const auto index = parse_integer(token);
  return value->is_array() && index && *index >= 0 && static_cast<std::size_t>(*index) < value->size()
             ? &value->at(static_cast<std::size_t>(*index))
             : nullptr;
}

struct Match {
  std::size_t steps = 0;  // of the pointer that lead to a value there
  Position at;
};

// The nearest value around `pointer` of `document` that `part` (what was merged into it) has.
Match deepest_match(const json& part, std::string here, const std::map<std::string, Position>& positions,
                    const json& document, std::string_view pointer) {
  const json* whole = &document;
  const json* ours = &part;
  Match found;
  std::size_t steps = 0;
  for (const auto& escaped : split(pointer.substr(pointer.starts_with('/') ? 1 : 0), '/')) {
    auto token = unescaped(escaped);
    whole = step_into(whole, token);
    if (whole != nullptr && ours->is_array()) token = index_in(*ours, *whole, token);
    ours = step_into(ours, token);
    if (ours == nullptr) break;
    here += cat("/", replace_all(replace_all(token, "~", "~0"), "/", "~1"));
    ++steps;
    if (const auto at = positions.find(here); at != positions.end()) found = {steps, at->second};
  }
  return found;
}

}  // namespace

Position position_of(const Task& task, const json& document, std::string_view pointer) {
  const auto overlay = deepest_match(json::parse(task.overlay, nullptr, false), "", task.positions, document, pointer);
  Match file;
  if (task.from_text) {
    const auto text = json::parse(*task.from_text, nullptr, false);
    const auto inner = text.find("taskDefinition");  // as DescribeTaskDefinition replies
    const bool is_wrapped = inner != text.end() && inner->is_object();
    file = deepest_match(is_wrapped ? *inner : text, is_wrapped ? "/taskDefinition" : "", task.from_positions, document,
                         pointer);
  }
  if (overlay.steps == 0 && file.steps == 0) return task.where;
  return overlay.steps >= file.steps ? overlay.at : file.at;
}

}  // namespace lapstrake::spec
