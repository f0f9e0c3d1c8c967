#include <algorithm>
#include <array>
#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/aws/ecs/task_size.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/base/unified_diff.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// Their values are strings, whatever they look like.
constexpr std::array string_places{
    "cpu",
    "memory",
    "tags/*/key",
    "tags/*/value",
    "proxyConfiguration/properties/*/value",
    "volumes/*/dockerVolumeConfiguration/driverOpts/*",
    "volumes/*/dockerVolumeConfiguration/labels/*",
    "containerDefinitions/*/command/*",
    "containerDefinitions/*/entryPoint/*",
    "containerDefinitions/*/environment/*/name",
    "containerDefinitions/*/environment/*/value",
    "containerDefinitions/*/dockerLabels/*",
    "containerDefinitions/*/user",
    "containerDefinitions/*/logConfiguration/options/*",
    "containerDefinitions/*/firelensConfiguration/options/*",
    "containerDefinitions/*/healthCheck/command/*",
    "containerDefinitions/*/portMappings/*/containerPortRange",
    "containerDefinitions/*/resourceRequirements/*/value",
    "containerDefinitions/*/systemControls/*/value",
};

struct Default {
  const char* place;  // of the object
  const char* member;
  json value;
};

// What ECS fills in when nothing is said: said or not, it is the same.
const std::vector<Default>& defaults() {
  static const std::vector<Default> all{
      {"", "enableFaultInjection", false},
      {"containerDefinitions/*", "essential", true},
      {"containerDefinitions/*", "cpu", 0},
      {"containerDefinitions/*", "privileged", false},
      {"containerDefinitions/*", "readonlyRootFilesystem", false},
      {"containerDefinitions/*", "disableNetworking", false},
      {"containerDefinitions/*", "interactive", false},
      {"containerDefinitions/*", "pseudoTerminal", false},
      {"containerDefinitions/*", "versionConsistency", "enabled"},
      {"containerDefinitions/*/portMappings/*", "protocol", "tcp"},
      {"containerDefinitions/*/mountPoints/*", "readOnly", false},
      {"containerDefinitions/*/volumesFrom/*", "readOnly", false},
      {"containerDefinitions/*/healthCheck", "interval", 30},
      {"containerDefinitions/*/healthCheck", "timeout", 5},
      {"containerDefinitions/*/healthCheck", "retries", 3},
      {"containerDefinitions/*/healthCheck", "startPeriod", 0},
      {"containerDefinitions/*/restartPolicy", "restartAttemptPeriod", 300},
      {"containerDefinitions/*/linuxParameters", "initProcessEnabled", false},
      {"proxyConfiguration", "type", "APPMESH"},
      {"volumes/*/dockerVolumeConfiguration", "scope", "task"},
      {"volumes/*/dockerVolumeConfiguration", "driver", "local"},
      {"volumes/*/dockerVolumeConfiguration", "autoprovision", false},
      {"volumes/*/efsVolumeConfiguration", "rootDirectory", "/"},
      {"volumes/*/efsVolumeConfiguration", "transitEncryption", "DISABLED"},
      {"volumes/*/efsVolumeConfiguration/authorizationConfig", "iam", "DISABLED"},
  };
  return all;
}

struct Order {
  const char* place;
  std::vector<const char*> by;
};
// Lists that ECS hands back in an order of its own, or whose order means nothing.
const std::vector<Order>& orders() {
  static const std::vector<Order> all{
      {"requiresCompatibilities", {}},
      {"tags", {"key"}},
      {"volumes", {"name"}},
      {"placementConstraints", {}},
      {"proxyConfiguration/properties", {"name"}},
      {"containerDefinitions", {"name"}},
      {"containerDefinitions/*/environment", {"name"}},
      {"containerDefinitions/*/secrets", {"name"}},
      {"containerDefinitions/*/portMappings", {"containerPort", "protocol"}},
      {"containerDefinitions/*/mountPoints", {"containerPath"}},
      {"containerDefinitions/*/volumesFrom", {"sourceContainer"}},
      {"containerDefinitions/*/dependsOn", {"containerName"}},
      {"containerDefinitions/*/ulimits", {"name"}},
      {"containerDefinitions/*/systemControls", {"namespace"}},
      {"containerDefinitions/*/resourceRequirements", {"type"}},
      {"containerDefinitions/*/logConfiguration/secretOptions", {"name"}},
      {"containerDefinitions/*/linuxParameters/capabilities/add", {}},
      {"containerDefinitions/*/linuxParameters/capabilities/drop", {}},
  };
  return all;
}

// Nulls, empty lists and empty objects say nothing.
json pruned(const json& value) {
  if (value.is_object()) {
    json out = json::object();
    for (const auto& [name, inner] : value.items())
      if (json kept = pruned(inner); !kept.is_null() && !(kept.is_structured() && kept.empty()))
        out[name] = std::move(kept);
    return out;
  }
  if (!value.is_array()) return value;
  json out = json::array();
  for (const auto& inner : value) out.push_back(pruned(inner));
  return out;
}

void write_sizes(json& document) {
  if (const auto cpu = cpu_of(document)) document["cpu"] = std::to_string(*cpu);
  if (const auto memory = memory_of(document)) document["memory"] = std::to_string(*memory);
}

void drop(json& object, const char* member, const json& value) {
  if (object.is_object() && object.contains(member) && object[member] == value) object.erase(member);
}

void drop_platform(json& document) {
  const auto& launch = list_of(document, "requiresCompatibilities");
  if (std::find(launch.begin(), launch.end(), "FARGATE") == launch.end() || !document.contains("runtimePlatform"))
    return;
  drop(document["runtimePlatform"], "cpuArchitecture", "X86_64");
  drop(document["runtimePlatform"], "operatingSystemFamily", "LINUX");
}

void drop_host_ports(json& document) {
  const auto mode = text_of(document, "networkMode");
  const bool is_same = mode == "awsvpc" || mode == "host";
  visit_path(document, "containerDefinitions/*/portMappings/*", [&](json& mapping, const std::string&) {
    if (mapping.is_object() && mapping.contains("containerPort"))
      drop(mapping, "hostPort", is_same ? mapping["containerPort"] : json(0));
  });
}

// ECS runs a log router as root, and writes that where no user is named.
void drop_router_users(json& document) {
  visit_path(document, "containerDefinitions/*", [](json& container, const std::string&) {
    if (member_of(container, "firelensConfiguration").is_object()) drop(container, "user", "0");
  });
}

// Linux containers get the bridge where no mode is named; some stand-ins for ECS write it down.
void drop_network_mode(json& document) {
  if (!text_of(member_of(document, "runtimePlatform"), "operatingSystemFamily").starts_with("WINDOWS"))
    drop(document, "networkMode", "bridge");
}

// ECS drops variables without a value; one with an empty value stays.
void drop_valueless(json& document) {
  visit_path(document, "containerDefinitions/*/environment", [](json& list, const std::string&) {
    if (!list.is_array()) return;
    json kept = json::array();
    for (auto& entry : list)
      if (!entry.is_object() || !member_of(entry, "value").is_null()) kept.push_back(std::move(entry));
    list = std::move(kept);
  });
}

// AWS's own tags are not ours to compare.
void drop_system_tags(json& document) {
  if (!member_of(document, "tags").is_array()) return;
  json kept = json::array();
  for (const auto& tag : document["tags"])
    if (!text_of(tag, "key").starts_with("aws:")) kept.push_back(tag);
  document["tags"] = std::move(kept);
}

// By the named members first; the rest of the value settles what they leave open.
void sort_list(json& list, const std::vector<const char*>& by) {
  if (!list.is_array()) return;
  const auto key = [&](const json& value) {
    json out = json::array();
    for (const auto* name : by) out.push_back(member_of(value, name));
    out.push_back(value);
    return out;
  };
  std::sort(list.begin(), list.end(), [&](const json& left, const json& right) { return key(left) < key(right); });
}

}  // namespace

json with_strings(json document) {
  for (const auto* place : string_places)
    visit_path(document, place, [](json& value, const std::string&) { value = as_string(value); });
  return document;
}

json canonical(const json& document) {
  // ECS drops members that it does not know. Those whose names no AWS API has (`$schema`, `_comment`) are left out
  // here; any other may be a new member of ECS, and counts.
  json out = without_unknown(with_strings(register_input(document)), is_never_aws_member);
  drop_valueless(out);
  out = pruned(out);
  write_sizes(out);
  drop_system_tags(out);
  drop_platform(out);
  drop_host_ports(out);
  drop_network_mode(out);
  drop_router_users(out);
  for (const auto& each : defaults())
    visit_path(out, each.place, [&](json& object, const std::string&) { drop(object, each.member, each.value); });
  for (const auto& each : orders())
    visit_path(out, each.place, [&](json& list, const std::string&) { sort_list(list, each.by); });
  return pruned(out);
}

std::string diff(const json& before, const json& after, std::string_view before_name, std::string_view after_name) {
  return unified_diff(canonical(before).dump(2) + "\n", canonical(after).dump(2) + "\n", before_name, after_name);
}

}  // namespace lapstrake::aws
