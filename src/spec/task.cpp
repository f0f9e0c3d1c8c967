#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "fields.hpp"
#include "task_file.hpp"
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

}  // namespace

std::vector<Task> tasks(const Node& document, TaskFiles& files, Variables& variables, Findings& findings) {
  std::vector<Task> out;
  for (const auto& member : members_of(document, "tasks")) out.push_back(task(member, files, variables, findings));
  return out;
}

}  // namespace lapstrake::spec
