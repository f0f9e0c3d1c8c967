#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "fields.hpp"
#include "task_file.hpp"
#include "task_file_text.hpp"
#include "text_parts.hpp"
#include "to_project.hpp"
#include "variables.hpp"
#include "yaml_json.hpp"

namespace lapstrake::spec {
namespace {

using nlohmann::json;

// Fills every string of a file's document; false after a mistake.
bool fill(json& value, const SourceText& source, Variables& variables) {
  if (value.is_string()) {
    auto filled = variables.fill_foreign(value.get_ref<const std::string&>(), source);
    if (!filled) return false;
    value = *std::move(filled);
    return true;
  }
  bool whole = true;
  if (value.is_structured())
    for (auto& part : value) whole = fill(part, source, variables) && whole;
  return whole;
}

void collect_images(const json& value, std::set<std::string>& images) {
  if (value.is_string()) {
    for (const auto& part : text_parts(value.get_ref<const std::string&>()))
      if (part.kind == TextPart::Kind::variable && part.name.starts_with("images."))
        images.emplace(part.name.substr(7));
  } else if (value.is_structured()) {
    for (const auto& part : value) collect_images(part, images);
  }
}

Task task(const Member& member, TaskFiles& files, Variables& variables, Findings& findings) {
  const auto& source = findings.spec();
  Task out;
  out.name = member.key;
  out.where = source.position(member.where);
  const auto overlay = to_json(member.value, {"from", "ignore_rules"}, source, out.positions);
  out.overlay = overlay.dump();
  out.ignore_rules = texts_field(member.value, "ignore_rules");
  for (const auto& each : member.value.members)
    if (each.key == "ignore_rules") out.ignore_where = source.position(each.where);
  std::set<std::string> images;
  collect_images(overlay, images);
  if (const auto* from = text_node(member.value, "from"); from != nullptr && !from->text.empty())
    if (const auto* file = files.read(from->text, from->where)) {
      auto document = file->document;
      fill(document, file->source, variables);
      collect_images(document, images);
      out.from_file = file->source.file();
      out.from_text = document.dump();
      out.from_positions = file->positions;
    }
  out.images.assign(images.begin(), images.end());
  if (member.value.kind == Node::Kind::map && member.value.members.empty())
    findings.error(member.where, cat("the task ", in_quotes(member.key), " is empty"),
                   "add `from:` or `containerDefinitions:`");
  return out;
}

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

std::vector<Task> tasks(const Node& document, TaskFiles& files, Variables& variables, Findings& findings) {
  std::vector<Task> out;
  for (const auto& member : members_of(document, "tasks")) out.push_back(task(member, files, variables, findings));
  return out;
}

void check_services(const Node& document, Findings& findings) {
  std::set<std::string> known;
  for (const auto& member : members_of(document, "tasks")) known.insert(member.key);
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& service : members_of(document, "services")) {
    const auto* task = text_node(service.value, "task");
    if (task == nullptr || known.contains(task->text)) continue;
    const auto near = nearest_name(task->text, names);
    findings.error(task->where, cat("unknown task ", in_quotes(task->text)),
                   near            ? cat("did you mean `", *near, "`?")
                   : names.empty() ? "the spec has no `tasks:`"
                                   : cat("known tasks: ", printable(join(names, ", "), 200)));
  }
}

}  // namespace lapstrake::spec
