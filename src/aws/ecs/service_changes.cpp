#include <algorithm>
#include <lapstrake/aws/ecs/service_changes.hpp>
#include <lapstrake/aws/ecs/services.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// Members of CreateService that UpdateService lacks. Tags are changed by TagResource.
constexpr std::string_view creation_only[] = {"launchType", "schedulingStrategy", "role", "tags"};
// Members that say which service it is, not how it is.
constexpr std::string_view identity[] = {"serviceName", "cluster", "desiredCount", "clientToken"};

template <std::size_t Size>
bool is_in(const std::string_view (&names)[Size], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool covers(const json& live, const json& wanted);

// Lists of scalars are sets (subnets, security groups); so are lists of objects, element by element.
bool covers_list(const json& live, const json& wanted) {
  if (!live.is_array() || live.size() != wanted.size()) return false;
  std::vector<bool> used(live.size());
  for (const auto& one : wanted) {
    std::size_t i = 0;
    while (i < live.size() && (used[i] || !covers(live[i], one))) ++i;
    if (i == live.size()) return false;
    used[i] = true;
  }
  return true;
}

bool is_same_scalar(const json& live, const json& wanted) {
  return live == wanted || as_string(live) == as_string(wanted);
}

// Whether `live` has everything that `wanted` has. Absent and empty are the same.
bool covers(const json& live, const json& wanted) {
  if (!is_set(wanted) && !is_set(live)) return true;
  if (wanted.is_array()) return covers_list(live, wanted);
  if (!wanted.is_object()) return is_same_scalar(live, wanted);
  if (!live.is_object()) return false;
  for (const auto& [name, value] : wanted.items())
    if (!covers(live.contains(name) ? live[name] : json(), value)) return false;
  return true;
}

// Some members are those of the PRIMARY deployment in the reply of DescribeServices.
json live_member(const json& live, const std::string& name) {
  if (live.contains(name)) return live[name];
  const auto& primary = primary_deployment(live);
  return primary.is_object() && primary.contains(name) ? primary[name] : json();
}

// What removes a member, as the API reference of UpdateService says; nothing when it cannot be removed.
json removal(const std::string& name) {
  static const std::map<std::string, json> values = {
      {"loadBalancers", json::array()},
      {"serviceRegistries", json::array()},
      {"volumeConfigurations", json::array()},
      {"vpcLatticeConfigurations", json::array()},
      {"placementConstraints", json::array()},
      {"placementStrategy", json::array()},
      {"capacityProviderStrategy", json::array()},
      {"serviceConnectConfiguration", {{"enabled", false}}},
      {"healthCheckGracePeriodSeconds", 0},
      {"enableExecuteCommand", false},
      {"enableECSManagedTags", false},
      {"propagateTags", "NONE"},
  };
  const auto found = values.find(name);
  if (found == values.end())
    throw Error(ErrorKind::usage, cat("ECS cannot remove `", printable(name), "` from a service"),
                "write the value that you want instead of null");
  return found->second;
}

bool is_removed(const json& live, const json& value) {
  return !is_set(live) || covers(live, value) || (live.is_string() && live == "NONE") || live == json(0);
}

json target_value(const std::string& name, const json& value) { return value.is_null() ? removal(name) : value; }

}  // namespace

ServiceChanges service_changes(const json& live, const json& wanted) {
  ServiceChanges changes;
  for (const auto& [name, value] : wanted.items()) {
    if (is_in(identity, name) || is_never_aws_member(name)) continue;
    const auto now = live_member(live, name);
    if (is_in(creation_only, name)) {
      if (!value.is_null() && !covers(now, value)) changes.fixed.push_back(name);
      continue;
    }
    const auto target = target_value(name, value);
    if (value.is_null() ? is_removed(now, target) : covers(now, target)) continue;
    changes.members.push_back(
        {.name = name, .before = now.is_null() ? "" : now.dump(), .after = value.is_null() ? "" : value.dump()});
  }
  return changes;
}

json update_request(const json& live, const json& wanted, const ServiceChanges& changes) {
  json request = {{"cluster", text_of(live, "clusterArn")}, {"service", text_of(live, "serviceName")}};
  for (const auto& change : changes.members) request[change.name] = target_value(change.name, wanted.at(change.name));
  return request;
}

json create_request(const std::string& name, const json& wanted, bool is_fargate) {
  json request = json::object();
  for (const auto& [member, value] : wanted.items())
    if (!value.is_null() && !is_never_aws_member(member)) request[member] = value;
  if (!request.contains("serviceName")) request["serviceName"] = name;
  if (is_fargate && !request.contains("launchType") && !request.contains("capacityProviderStrategy"))
    request["launchType"] = "FARGATE";
  return request;
}

}  // namespace lapstrake::aws
