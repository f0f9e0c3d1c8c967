#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/networks.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// One call for each id: a call for several fails as a whole if one of them is missing.
std::map<std::string, json> find_each(const Session& session, const std::vector<std::string>& ids,
                                      std::string_view operation, const char* parameter, const char* list,
                                      std::string_view missing) {
  std::map<std::string, json> found;
  for (const auto& id : ids) try {
      const auto reply = call(session, Service::ec2, operation, {{cat(parameter, ".1"), id}});
      const auto& items = list_of(reply, list);
      if (!items.empty()) found[id] = items[0];
    } catch (const Error& error) {
      const auto& code = error.service().code;
      if (code.find(missing) == std::string::npos && code.find("Malformed") == std::string::npos) throw;
    }
  return found;
}

// "-1" is every protocol, and without ports every port.
bool covers_port(const json& rule, int port) {
  const auto protocol = text_of(rule, "ipProtocol");
  if (protocol == "-1") return true;
  if (protocol != "tcp" && protocol != "6") return false;
  const auto from = parse_integer(text_of(rule, "fromPort")), to = parse_integer(text_of(rule, "toPort"));
  return from && to && *from <= port && port <= *to;
}

bool is_from(const json& rule, const std::vector<std::string>& groups) {
  if (!list_of(rule, "ipRanges").empty() || !list_of(rule, "ipv6Ranges").empty() ||
      !list_of(rule, "prefixListIds").empty())
    return true;  // an address range may contain the load balancer's
  for (const auto& pair : list_of(rule, "groups"))
    if (std::find(groups.begin(), groups.end(), text_of(pair, "groupId")) != groups.end()) return true;
  return false;
}

std::vector<std::string> texts_of(const json& object, const char* name) {
  std::vector<std::string> out;
  for (const auto& value : list_of(object, name))
    if (value.is_string()) out.push_back(value);
  return out;
}

std::string deregistration_delay(const Session& session, const std::string& arn) {
  const auto reply = call(session, Service::load_balancing, "DescribeTargetGroupAttributes", {{"TargetGroupArn", arn}});
  for (const auto& attribute : list_of(reply, "Attributes"))
    if (text_of(attribute, "Key") == "deregistration_delay.timeout_seconds") return text_of(attribute, "Value");
  return "300";  // the default of load balancers
}

}  // namespace

std::map<std::string, json> find_subnets(const Session& session, const std::vector<std::string>& ids) {
  return find_each(session, ids, "DescribeSubnets", "SubnetId", "subnetSet", "InvalidSubnetID");
}

std::map<std::string, json> find_security_groups(const Session& session, const std::vector<std::string>& ids) {
  return find_each(session, ids, "DescribeSecurityGroups", "GroupId", "securityGroupInfo", "InvalidGroup");
}

bool admits(const json& group, int port, const std::vector<std::string>& from) {
  const auto& rules = list_of(group, "ipPermissions");
  return std::any_of(rules.begin(), rules.end(),
                     [&](const json& rule) { return covers_port(rule, port) && is_from(rule, from); });
}

std::optional<TargetGroup> find_target_group(const Session& session, const std::string& arn) {
  json reply;
  try {
    reply = call(session, Service::load_balancing, "DescribeTargetGroups", {{"TargetGroupArns.member.1", arn}});
  } catch (const Error& error) {
    if (error.service().code == "TargetGroupNotFound") return std::nullopt;
    throw;
  }
  const auto& groups = list_of(reply, "TargetGroups");
  if (groups.empty()) return std::nullopt;
  const auto& group = groups[0];
  return TargetGroup{.arn = arn,
                     .vpc = text_of(group, "VpcId"),
                     .type = text_of(group, "TargetType"),
                     .port = text_of(group, "Port"),
                     .health_path = text_of(group, "HealthCheckPath"),
                     .interval = text_of(group, "HealthCheckIntervalSeconds"),
                     .healthy_threshold = text_of(group, "HealthyThresholdCount"),
                     .deregistration_delay = deregistration_delay(session, arn),
                     .load_balancers = texts_of(group, "LoadBalancerArns")};
}

std::vector<std::string> security_groups_of(const Session& session, const std::vector<std::string>& load_balancers) {
  std::vector<std::string> groups;
  for (const auto& arn : load_balancers) {
    const auto reply =
        call(session, Service::load_balancing, "DescribeLoadBalancers", {{"LoadBalancerArns.member.1", arn}});
    for (const auto& balancer : list_of(reply, "LoadBalancers"))
      for (auto& group : texts_of(balancer, "SecurityGroups")) groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace lapstrake::aws
