#include <algorithm>
#include <array>
#include <lapstrake/aws/task_model.hpp>
#include <lapstrake/base/text.hpp>

#include "json_text.hpp"
#include "task_rules.hpp"

namespace lapstrake::aws {

using nlohmann::json;

namespace {

// In the order of Documented.
constexpr std::array<std::string_view, 21> documented_names{
    "awslogs-options",     "capability-names",      "efs-access-point-root", "ephemeral-storage-size",
    "environment-files",   "external-network-mode", "fargate-members",       "firelens-routers",
    "health-check-ranges", "image-digest",          "member-ranges",         "network-mode-members",
    "port-names",          "port-protocols",        "port-ranges",           "proxy-container",
    "stop-timeout",        "task-cpu-range",        "volume-kinds",          "volume-names",
    "windows-members"};
static_assert(documented_names.size() == static_cast<std::size_t>(Documented::windows_members) + 1);

}  // namespace

TaskContext::TaskContext(const json& task, const std::map<std::string, ImageFact>& known_images)
    : document(task), images(known_images), network_mode(text_of(task, "networkMode")) {
  const auto& launch = list_of(document, "requiresCompatibilities");
  is_fargate = std::find(launch.begin(), launch.end(), "FARGATE") != launch.end();
  is_external = std::find(launch.begin(), launch.end(), "EXTERNAL") != launch.end();
  is_windows = text_of(member_of(document, "runtimePlatform"), "operatingSystemFamily").starts_with("WINDOWS");
  const auto& list = list_of(document, "containerDefinitions");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_object()) continue;  // the rule of types says it
    const auto name = text_of(list[i], "name");
    const auto& essential = member_of(list[i], "essential");
    containers.push_back({.value = list[i],
                          .pointer = cat("/containerDefinitions/", i),
                          .name = name.empty() ? cat("number ", i + 1) : name,
                          .is_essential = !essential.is_boolean() || essential.get<bool>()});
  }
}

const Container* TaskContext::find(std::string_view name) const {
  const auto found =
      std::find_if(containers.begin(), containers.end(), [&](const auto& each) { return each.name == name; });
  return found == containers.end() ? nullptr : &*found;
}

void Findings::error(std::string pointer, std::string message, std::string help) {
  found_.push_back({Finding::Severity::error, std::move(pointer), std::move(message), std::move(help)});
}

void Findings::warning(std::string pointer, std::string message, std::string help) {
  found_.push_back({Finding::Severity::warning, std::move(pointer), std::move(message), std::move(help)});
}

std::string_view name_of(Documented rule) { return documented_names.at(static_cast<std::size_t>(rule)); }

void Findings::documented(Documented rule, std::string pointer, std::string message, std::string help) {
  if (std::any_of(found_.begin(), found_.end(), [&](const auto& each) {
        return each.pointer == pointer && each.severity == Finding::Severity::error;
      }))
    return;  // one mistake, one finding
  found_.push_back(
      {Finding::Severity::error, std::move(pointer), std::move(message), std::move(help), std::string(name_of(rule))});
}

std::vector<std::string> ignorable_rules() { return {documented_names.begin(), documented_names.end()}; }

bool is_word(std::string_view text, std::string_view others) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

std::string placeholder_in(std::string_view text) {
  for (auto begin = text.find('<'); begin != std::string_view::npos; begin = text.find('<', begin + 1)) {
    const auto end = text.find('>', begin);
    if (end == std::string_view::npos) break;
    const auto before = text.substr(0, begin);  // names of groups in regular expressions are not placeholders
    if (before.ends_with("(?") || before.ends_with("(?P") || before.ends_with("\\k")) continue;
    const auto inside = text.substr(begin + 1, end - begin - 1);
    if (inside.size() > 2 && is_word(inside, "_- ") && inside.front() != ' ' && inside.back() != ' ')
      return cat("<", inside, ">");
  }
  return "";
}

std::vector<Finding> check(const json& given, const std::map<std::string, ImageFact>& images) {
  const json document = with_strings(without_nulls(given));  // as it will be registered
  const TaskContext context(document, images);
  Findings findings;
  for (const auto& rules :
       {shape_rules(), image_rules(), platform_rules(), fargate_rules(), role_rules(), order_rules(), container_rules(),
        network_rules(), volume_rules(), linux_rules(), firelens_rules()}) {
    for (const auto rule : rules.of_task) rule(context, findings);
    for (const auto& container : context.containers)
      for (const auto rule : rules.of_container) rule(context, container, findings);
  }
  return with_model_violations(document, std::move(findings).take());
}

}  // namespace lapstrake::aws
