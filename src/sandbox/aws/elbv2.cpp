// Elastic Load Balancing: load balancers, listeners and target groups as callers make them. The targets of a group are
// the running tasks of the services of ECS that name it.
#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <mutex>

#include "input.hpp"
#include "network_state.hpp"
#include "query_protocol.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_balancer_items = 1'000;  // of a kind and region

struct BalancersRegion {
  std::map<std::string, Json> balancers{}, groups{}, listeners{};  // by ARN
  std::map<std::string, Json> attributes{};                        // of a target group: key -> value
};

struct Balancers {
  Balancers(Operations of_ecs, std::shared_ptr<NetworkState> of_ec2)
      : ecs(std::move(of_ecs)), network(std::move(of_ec2)) {}

  Operations ecs;
  std::shared_ptr<NetworkState> network;
  std::mutex mutex;
  std::map<std::string, BalancersRegion> regions;
};

[[noreturn]] void refuse_validation(std::string message) { throw ApiFailure{"ValidationError", std::move(message)}; }

std::string balancer_arn(const std::string& path, const Caller& caller) {
  return cat("arn:aws:elasticloadbalancing:", caller.region, ":", caller.account, ":", path, "/",
             random_text(16, "0123456789abcdef"));
}

void check_balancer_name(const std::map<std::string, Json>& known, const std::string& name, const char* member,
                         const char* code) {
  const bool is_valid =
      name.size() <= 32 && !name.starts_with('-') && !name.ends_with('-') &&
      std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
  if (!is_valid) refuse_validation(cat("The name '", printable(name, 100), "' is not valid"));
  if (known.size() >= most_balancer_items)
    throw ApiFailure{"TooManyTargetGroups", "The sandbox stores no more of these."};
  for (const auto& entry : known)
    if (entry.second[member] == name) throw ApiFailure{code, cat("'", name, "' already exists")};
}

// By ARN, else by name, else all.
Json chosen(const std::map<std::string, Json>& known, const Json& input, const char* arns_member, const char* name,
            const char* code, const char* what) {
  const auto arns = texts_member(input, arns_member), names = texts_member(input, "Names");
  for (const auto& arn : arns)
    if (!known.contains(arn)) throw ApiFailure{code, cat(what, " '", printable(arn, 200), "' not found")};
  Json out = Json::array();
  for (const auto& entry : known) {
    const bool by_arn = std::find(arns.begin(), arns.end(), entry.first) != arns.end();
    const bool by_name = std::find(names.begin(), names.end(), entry.second[name].get<std::string>()) != names.end();
    if (by_arn || by_name || (arns.empty() && names.empty())) out.push_back(entry.second);
  }
  if (!names.empty() && out.empty()) throw ApiFailure{code, "One or more of these were not found"};
  return out;
}

Json usual_attributes() {
  return {{"deregistration_delay.timeout_seconds", "300"},
          {"slow_start.duration_seconds", "0"},
          {"stickiness.enabled", "false"},
          {"stickiness.type", "lb_cookie"},
          {"load_balancing.algorithm.type", "round_robin"}};
}

Json shown_attributes(const Json& attributes) {
  Json out = Json::array();
  for (const auto& entry : attributes.items()) out.push_back({{"Key", entry.key()}, {"Value", entry.value()}});
  return {{"Attributes", out}};
}

Json create_group(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  auto& region = state.regions[caller.region];
  const auto name = required_text(input, "Name");
  check_balancer_name(region.groups, name, "TargetGroupName", "DuplicateTargetGroupName");
  const auto or_usual = [&](const char* member, const char* usual) {
    const auto text = text_member(input, member);
    return text.empty() ? std::string(usual) : text;
  };
  const auto arn = balancer_arn(cat("targetgroup/", name), caller);
  Json group = {{"TargetGroupArn", arn},
                {"TargetGroupName", name},
                {"Protocol", or_usual("Protocol", "HTTP")},
                {"Port", number_member(input, "Port", 80, 1, 65'535)},
                {"VpcId", or_usual("VpcId", "vpc-11111111")},
                {"HealthCheckProtocol", or_usual("HealthCheckProtocol", "HTTP")},
                {"HealthCheckPort", or_usual("HealthCheckPort", "traffic-port")},
                {"HealthCheckEnabled", true},
                {"HealthCheckIntervalSeconds", number_member(input, "HealthCheckIntervalSeconds", 30, 5, 300)},
                {"HealthCheckTimeoutSeconds", number_member(input, "HealthCheckTimeoutSeconds", 5, 2, 120)},
                {"HealthyThresholdCount", number_member(input, "HealthyThresholdCount", 5, 2, 10)},
                {"UnhealthyThresholdCount", number_member(input, "UnhealthyThresholdCount", 2, 2, 10)},
                {"HealthCheckPath", or_usual("HealthCheckPath", "/")},
                {"Matcher", {{"HttpCode", "200"}}},
                {"LoadBalancerArns", Json::array()},
                {"TargetType", or_usual("TargetType", "instance")},
                {"IpAddressType", "ipv4"}};
  if (input.contains("Matcher")) group["Matcher"]["HttpCode"] = text_member(input["Matcher"], "HttpCode");
  region.groups[arn] = group;
  region.attributes[arn] = usual_attributes();
  return {{"TargetGroups", Json::array({group})}};
}

Json describe_groups(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  const auto& region = state.regions[caller.region];
  const auto balancer = text_member(input, "LoadBalancerArn");
  Json out = Json::array();
  for (const auto& group :
       chosen(region.groups, input, "TargetGroupArns", "TargetGroupName", "TargetGroupNotFound", "Target groups"))
    if (balancer.empty() || std::find(group["LoadBalancerArns"].begin(), group["LoadBalancerArns"].end(), balancer) !=
                                group["LoadBalancerArns"].end())
      out.push_back(group);
  return {{"TargetGroups", out}};
}

Json& attributes_of(BalancersRegion& region, const Json& input) {
  const auto arn = required_text(input, "TargetGroupArn");
  const auto found = region.attributes.find(arn);
  if (found == region.attributes.end())
    throw ApiFailure{"TargetGroupNotFound", cat("Target group '", printable(arn, 200), "' not found")};
  return found->second;
}

Json describe_attributes(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  return shown_attributes(attributes_of(state.regions[caller.region], input));
}

Json modify_attributes(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  auto& attributes = attributes_of(state.regions[caller.region], input);
  for (const auto& change : input.at("Attributes")) {
    if (!attributes.contains(text_member(change, "Key")))
      refuse_validation(
          cat("Target group attribute key '", printable(text_member(change, "Key"), 100), "' is not recognized"));
    attributes[text_member(change, "Key")] = text_member(change, "Value");
  }
  return shown_attributes(attributes);
}

Json create_balancer(Balancers& state, const Json& input, const Caller& caller) {
  const auto subnets = texts_member(input, "Subnets");
  if (subnets.empty()) refuse_validation("At least two subnets in two different Availability Zones must be specified");
  Json zones = Json::array();
  std::string vpc;
  for (const auto& id : subnets) {
    const auto subnet = state.network->subnet(id, caller);
    vpc = subnet["vpcId"];
    zones.push_back(
        {{"ZoneName", subnet["availabilityZone"]}, {"SubnetId", id}, {"LoadBalancerAddresses", Json::array()}});
  }
  const std::lock_guard lock(state.mutex);
  auto& region = state.regions[caller.region];
  const auto name = required_text(input, "Name"), type = text_member(input, "Type"),
             scheme = text_member(input, "Scheme");
  check_balancer_name(region.balancers, name, "LoadBalancerName", "DuplicateLoadBalancerName");
  const auto arn = balancer_arn(cat("loadbalancer/", type == "network" ? "net" : "app", "/", name), caller);
  region.balancers[arn] = {{"LoadBalancerArn", arn},
                           {"DNSName", cat(name, "-1234567890.", caller.region, ".elb.amazonaws.com")},
                           {"CanonicalHostedZoneId", "Z35SXDOTRQ7X7K"},
                           {"CreatedTime", iso_time(caller.now)},
                           {"LoadBalancerName", name},
                           {"Scheme", scheme.empty() ? "internet-facing" : scheme},
                           {"VpcId", vpc},
                           {"State", {{"Code", "active"}}},
                           {"Type", type.empty() ? "application" : type},
                           {"AvailabilityZones", zones},
                           {"SecurityGroups", texts_member(input, "SecurityGroups")},
                           {"IpAddressType", "ipv4"}};
  return {{"LoadBalancers", Json::array({region.balancers[arn]})}};
}

Json describe_balancers(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  return {{"LoadBalancers", chosen(state.regions[caller.region].balancers, input, "LoadBalancerArns",
                                   "LoadBalancerName", "LoadBalancerNotFound", "Load balancers")}};
}

Json create_listener(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  auto& region = state.regions[caller.region];
  const auto balancer = required_text(input, "LoadBalancerArn"), protocol = text_member(input, "Protocol");
  if (!region.balancers.contains(balancer)) throw ApiFailure{"LoadBalancerNotFound", "Load balancer not found"};
  if (region.listeners.size() >= most_balancer_items)
    throw ApiFailure{"TooManyListeners", "The sandbox stores no more listeners."};
  Json actions = Json::array();
  for (const auto& action : input.at("DefaultActions")) {
    const auto target = text_member(action, "TargetGroupArn");
    actions.push_back({{"Type", text_member(action, "Type")}});
    if (target.empty()) continue;
    if (!region.groups.contains(target)) throw ApiFailure{"TargetGroupNotFound", "Target group not found"};
    actions.back()["TargetGroupArn"] = target;
    auto& known = region.groups[target]["LoadBalancerArns"];
    if (std::find(known.begin(), known.end(), balancer) == known.end()) known.push_back(balancer);
  }
  const auto arn = cat(replace_all(balancer, ":loadbalancer/", ":listener/"), "/", random_text(16, "0123456789abcdef"));
  region.listeners[arn] = {{"ListenerArn", arn},
                           {"LoadBalancerArn", balancer},
                           {"Port", number_member(input, "Port", 80, 1, 65'535)},
                           {"Protocol", protocol.empty() ? "HTTP" : protocol},
                           {"DefaultActions", actions}};
  return {{"Listeners", Json::array({region.listeners[arn]})}};
}

Json describe_listeners(Balancers& state, const Json& input, const Caller& caller) {
  const std::lock_guard lock(state.mutex);
  const auto balancer = text_member(input, "LoadBalancerArn");
  const auto arns = texts_member(input, "ListenerArns");
  Json out = Json::array();
  for (const auto& entry : state.regions[caller.region].listeners)
    if (balancer.empty() ? std::find(arns.begin(), arns.end(), entry.first) != arns.end()
                         : entry.second["LoadBalancerArn"] == balancer)
      out.push_back(entry.second);
  return {{"Listeners", out}};
}

// Calls an operation of ECS page by page.
std::vector<Json> all_pages(const Balancers& state, const std::string& operation, Json input, const char* list,
                            const Caller& caller) {
  std::vector<Json> items;
  for (;;) {
    const Json reply = state.ecs.at(operation)(input, caller);
    for (const auto& item : reply.at(list)) items.push_back(item);
    if (!reply.contains("nextToken")) return items;
    input["nextToken"] = reply["nextToken"];
  }
}

// The container port under which a service is registered in a target group.
std::optional<std::int64_t> port_in_group(const Json& service, const std::string& group) {
  for (const auto& balancer : service.value("loadBalancers", Json::array())) {
    const auto is_alternate = balancer.contains("advancedConfiguration") &&
                              balancer["advancedConfiguration"].value("alternateTargetGroupArn", "") == group;
    if (balancer.value("targetGroupArn", "") == group || is_alternate)
      return balancer.value("containerPort", std::int64_t{80});
  }
  return std::nullopt;
}

void add_targets(const Balancers& state, const Json& service, std::int64_t port, const Caller& caller, Json& out) {
  const Json of_service = {{"cluster", service["clusterArn"]}, {"serviceName", service["serviceName"]}};
  for (const auto& arn : all_pages(state, "ListTasks", of_service, "taskArns", caller)) {
    const Json described =
        state.ecs.at("DescribeTasks")({{"cluster", service["clusterArn"]}, {"tasks", {arn}}}, caller);
    for (const auto& task : described["tasks"]) {
      const auto& interfaces = task["containers"][0]["networkInterfaces"];
      if (interfaces.empty()) continue;
      const bool runs = task["lastStatus"] == "RUNNING";
      Json health = {{"State", runs ? "healthy" : "initial"}};
      if (!runs)
        health.update(
            {{"Reason", "Elb.RegistrationInProgress"}, {"Description", "Target registration is in progress"}});
      out.push_back({{"Target",
                      {{"Id", interfaces[0]["privateIpv4Address"]},
                       {"Port", port},
                       {"AvailabilityZone", task["availabilityZone"]}}},
                     {"HealthCheckPort", cat(port)},
                     {"TargetHealth", health}});
    }
  }
}

Json target_health(Balancers& state, const Json& input, const Caller& caller) {
  const auto group = required_text(input, "TargetGroupArn");
  {
    const std::lock_guard lock(state.mutex);
    (void)attributes_of(state.regions[caller.region], input);
  }
  Json out = Json::array();
  for (const auto& cluster : all_pages(state, "ListClusters", Json::object(), "clusterArns", caller))
    for (const auto& arn : all_pages(state, "ListServices", {{"cluster", cluster}}, "serviceArns", caller)) {
      const Json found = state.ecs.at("DescribeServices")({{"cluster", cluster}, {"services", {arn}}}, caller);
      for (const auto& service : found["services"])
        if (const auto port = port_in_group(service, group)) add_targets(state, service, *port, caller, out);
    }
  return {{"TargetHealthDescriptions", out}};
}

}  // namespace

Operations elbv2_operations(Operations ecs, std::shared_ptr<NetworkState> network) {
  const auto state = std::make_shared<Balancers>(std::move(ecs), std::move(network));
  const auto bound = [&](Json (*function)(Balancers&, const Json&, const Caller&)) {
    return [state, function](const Json& input, const Caller& caller) { return function(*state, input, caller); };
  };
  return {{"CreateTargetGroup", bound(create_group)},
          {"DescribeTargetGroups", bound(describe_groups)},
          {"DescribeTargetGroupAttributes", bound(describe_attributes)},
          {"ModifyTargetGroupAttributes", bound(modify_attributes)},
          {"CreateLoadBalancer", bound(create_balancer)},
          {"DescribeLoadBalancers", bound(describe_balancers)},
          {"CreateListener", bound(create_listener)},
          {"DescribeListeners", bound(describe_listeners)},
          {"DescribeTargetHealth", bound(target_health)}};
}

}  // namespace lapstrake::sandbox
