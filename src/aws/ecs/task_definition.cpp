#include <algorithm>
#include <array>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// What DescribeTaskDefinition adds, and RegisterTaskDefinition does not take.
constexpr std::array read_only{"taskDefinitionArn",  "revision",        "status",
                               "requiresAttributes", "compatibilities", "registeredAt",
                               "registeredBy",       "deregisteredAt",  "deleteRequestedAt"};

json parse(std::string_view text, std::string_view what) {
  try {
    return parse_json(text, what, {.comments = true});
  } catch (const Error& error) {
    Error failure(ErrorKind::usage, error.summary(), "a task definition is JSON; comments are allowed");
    throw std::move(failure.because(error.reason()));
  }
}

// {"taskDefinition": {...}, "tags": [...]} as `aws ecs describe-task-definition` prints it.
json unwrapped(json document) {
  const auto inner = document.find("taskDefinition");
  if (inner == document.end() || !inner->is_object()) return document;
  json out = *inner;
  if (const auto tags = document.find("tags"); tags != document.end() && !tags->empty()) out["tags"] = *tags;
  return out;
}

bool is_named(const json& value) {
  const auto name = value.is_object() ? value.find("name") : value.end();
  return value.is_object() && name != value.end() && name->is_string();
}

bool is_named_list(const json& value) {
  return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), is_named);
}

void merge_named(json& list, const json& overlay) {
  for (const auto& element : overlay) {
    const auto same =
        std::find_if(list.begin(), list.end(), [&](const json& other) { return other["name"] == element["name"]; });
    if (same != list.end())
      *same = merge(std::move(*same), element);
    else
      list.push_back(merge(json::object(), element));
  }
}

}  // namespace

json register_input(json document) {
  document = unwrapped(std::move(document));
  if (document.is_object())
    for (const auto* name : read_only) document.erase(name);
  return document;
}

json read_task_definition(std::string_view text, std::string_view what) {
  const json whole = parse(text, what);
  if (!whole.is_object())
    throw Error(ErrorKind::usage, cat(what, " is not a task definition: it is not a JSON object"),
                "a task definition starts with `{` and contains `family` and `containerDefinitions`");
  return register_input(whole);
}

json merge(json document, const json& overlay) {
  if (is_named_list(document) && is_named_list(overlay)) {
    merge_named(document, overlay);
    return document;
  }
  if (!overlay.is_object()) return overlay;
  if (!document.is_object()) document = json::object();
  for (const auto& [name, value] : overlay.items()) {
    if (value.is_null())
      document.erase(name);
    else
      document[name] = merge(document.value(name, json()), value);
  }
  return document;
}

}  // namespace lapstrake::aws
