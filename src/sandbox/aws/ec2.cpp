#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/glob.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "input.hpp"
#include "network_state.hpp"
#include "query_protocol.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_network_items = 1'000;  // VPCs, subnets, groups; rules of a group

std::string new_network_id(std::string_view prefix) { return cat(prefix, "-", random_text(17, "0123456789abcdef")); }

Json vpc_document(const std::string& id, const std::string& block, bool is_default, const Caller& caller) {
  return {{"vpcId", id},
          {"state", "available"},
          {"cidrBlock", block},
          {"isDefault", is_default},
          {"instanceTenancy", "default"},
          {"ownerId", caller.account}};
}

Json subnet_document(const std::string& id, const std::string& vpc, const std::string& block, const std::string& zone,
                     const Caller& caller) {
  return {{"subnetId", id},
          {"subnetArn", cat("arn:aws:ec2:", caller.region, ":", caller.account, ":subnet/", id)},
          {"state", "available"},
          {"vpcId", vpc},
          {"cidrBlock", block},
          {"availableIpAddressCount", 250},
          {"availabilityZone", zone},
          {"defaultForAz", false},
          {"mapPublicIpOnLaunch", false},
          {"ownerId", caller.account}};
}

Json group_document(const std::string& id, const std::string& name, const std::string& vpc,
                    const std::string& description, const Caller& caller) {
  return {{"groupId", id},
          {"groupName", name},
          {"groupDescription", description},
          {"vpcId", vpc},
          {"ownerId", caller.account},
          {"ipPermissions", Json::array()},
          {"ipPermissionsEgress", Json::array({{{"ipProtocol", "-1"},
                                                {"groups", Json::array()},
                                                {"ipRanges", Json::array({{{"cidrIp", "0.0.0.0/0"}}})},
                                                {"ipv6Ranges", Json::array()},
                                                {"prefixListIds", Json::array()}}})}};
}

// "vpc-id" -> "vpcId"
std::string member_of_filter(const std::string& filter) {
  if (filter == "description") return "groupDescription";
  std::string out;
  for (std::size_t i = 0; i < filter.size(); ++i)
    out += filter[i] == '-' && i + 1 < filter.size() ? static_cast<char>(std::toupper(filter[++i])) : filter[i];
  return out;
}

bool passes_filters(const Json& document, const Json& input) {
  if (!input.contains("Filter")) return true;
  for (const auto& filter : input["Filter"]) {
    const auto member = member_of_filter(text_member(filter, "Name"));
    const auto values = texts_member(filter, "Value");
    if (!document.contains(member))
      throw ApiFailure{"InvalidParameterValue", cat("The filter '", text_member(filter, "Name"), "' is invalid")};
    const auto own = document[member].is_string() ? document[member].get<std::string>() : document[member].dump();
    if (std::none_of(values.begin(), values.end(), [&](const auto& value) { return matches(value, own); }))
      return false;
  }
  return true;
}

// Those with the ids, or all; that pass the filters.
Json described(const std::map<std::string, Json>& known, const Json& input, const char* ids, const std::string& code,
               const std::string& what) {
  const auto wanted = texts_member(input, ids);
  for (const auto& id : wanted)
    if (!known.contains(id)) throw ApiFailure{code, cat("The ", what, " '", printable(id, 100), "' does not exist")};
  Json out = Json::array();
  for (const auto& entry : known)
    if ((wanted.empty() || std::find(wanted.begin(), wanted.end(), entry.first) != wanted.end()) &&
        passes_filters(entry.second, input))
      out.push_back(entry.second);
  return out;
}

template <class Key>
void check_network_room(const std::map<Key, Json>& known) {
  if (known.size() >= most_network_items)
    throw ApiFailure{"ResourceLimitExceeded", cat("The sandbox stores at most ", most_network_items, " of these.")};
}

std::string text_of_group_pair(const Json& pair, const Caller& caller, Json& out) {
  const auto id = text_member(pair, "GroupId");
  out.push_back({{"groupId", id}, {"userId", caller.account}});
  return id;
}

// One rule of a request, with the members of a described one.
Json rule_of(const Json& given, const Caller& caller) {
  Json rule = {{"ipProtocol", text_member(given, "IpProtocol")},
               {"groups", Json::array()},
               {"ipRanges", Json::array()},
               {"ipv6Ranges", Json::array()},
               {"prefixListIds", Json::array()}};
  if (rule["ipProtocol"] == "")
    throw ApiFailure{"MissingParameter", "The request must contain the parameter ipProtocol"};
  if (rule["ipProtocol"] != "-1") {
    rule["fromPort"] = number_member(given, "FromPort", 0, -1, 65'535);
    rule["toPort"] = number_member(given, "ToPort", 65'535, -1, 65'535);
  }
  for (const auto& [from, to, inner_from, inner_to] :
       {std::tuple{"IpRanges", "ipRanges", "CidrIp", "cidrIp"},
        std::tuple{"Ipv6Ranges", "ipv6Ranges", "CidrIpv6", "cidrIpv6"},
        std::tuple{"PrefixListIds", "prefixListIds", "PrefixListId", "prefixListId"}})
    if (given.contains(from))
      for (const auto& range : given[from]) rule[to].push_back({{inner_to, text_member(range, inner_from)}});
  for (const auto* name : {"Groups", "UserIdGroupPairs"})
    if (given.contains(name))
      for (const auto& pair : given[name]) (void)text_of_group_pair(pair, caller, rule["groups"]);
  return rule;
}

// The rules of a request: `IpPermissions`, or one rule in members of its own.
std::vector<Json> rules_of(const Json& input, const Caller& caller) {
  std::vector<Json> rules;
  if (input.contains("IpPermissions")) {
    for (const auto& given : input["IpPermissions"]) rules.push_back(rule_of(given, caller));
    return rules;
  }
  Json one = input;
  if (const auto block = text_member(input, "CidrIp"); !block.empty())
    one["IpRanges"] = Json::array({{{"CidrIp", block}}});
  return {rule_of(one, caller)};
}

Json& group_called(NetworkRegion& region, const Json& input) {
  const auto id = text_member(input, "GroupId");
  const auto found = region.groups.find(id);
  if (found == region.groups.end())
    throw ApiFailure{"InvalidGroup.NotFound", cat("The security group '", printable(id, 100), "' does not exist")};
  return found->second;
}

Json shown_rules(const Json& group, const std::vector<Json>& rules) {
  Json out = Json::array();
  for (const auto& rule : rules) {
    Json shown = {{"securityGroupRuleId", new_network_id("sgr")},
                  {"groupId", group["groupId"]},
                  {"groupOwnerId", group["ownerId"]},
                  {"isEgress", false},
                  {"ipProtocol", rule["ipProtocol"]}};
    for (const auto* port : {"fromPort", "toPort"})
      if (rule.contains(port)) shown[port] = rule[port];
    if (!rule["ipRanges"].empty()) shown["cidrIpv4"] = rule["ipRanges"][0]["cidrIp"];
    if (!rule["groups"].empty()) shown["referencedGroupInfo"] = rule["groups"][0];
    out.push_back(std::move(shown));
  }
  return out;
}

}  // namespace

NetworkRegion& NetworkState::region_of(const Caller& caller) {
  auto& region = regions_[caller.region];
  if (!region.vpcs.empty()) return region;
  region.vpcs["vpc-11111111"] = vpc_document("vpc-11111111", "10.0.0.0/16", true, caller);
  region.subnets["subnet-11111111"] =
      subnet_document("subnet-11111111", "vpc-11111111", "10.0.1.0/24", caller.region + "a", caller);
  region.subnets["subnet-22222222"] =
      subnet_document("subnet-22222222", "vpc-11111111", "10.0.2.0/24", caller.region + "b", caller);
  auto& group = region.groups["sg-11111111"] =
      group_document("sg-11111111", "default", "vpc-11111111", "default VPC security group", caller);
  group["ipPermissions"].push_back(
      rule_of({{"IpProtocol", "-1"}, {"Groups", Json::array({{{"GroupId", "sg-11111111"}}})}}, caller));
  return region;
}

void NetworkState::check(const std::vector<std::string>& subnets, const std::vector<std::string>& groups,
                         const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto& region = region_of(caller);
  std::string vpc;
  const auto refuse_network = [](const std::string& text) { throw ApiFailure{"InvalidParameterException", text}; };
  const auto belong_together = [&](const Json& document) {
    const std::string own = document["vpcId"];
    if (!vpc.empty() && own != vpc) refuse_network("Subnets and security groups must be in the same VPC.");
    vpc = own;
  };
  for (const auto& id : subnets) {
    if (!region.subnets.contains(id))
      refuse_network(cat("Error retrieving subnet information for [", id, "]: The subnet ID '", id,
                         "' does not exist (ErrorCode: InvalidSubnetID.NotFound)"));
    belong_together(region.subnets.at(id));
  }
  for (const auto& id : groups) {
    if (!region.groups.contains(id))
      refuse_network(cat("Error retrieving security group information for [", id, "]: The security group '", id,
                         "' does not exist (ErrorCode: InvalidGroup.NotFound)"));
    belong_together(region.groups.at(id));
  }
}

Json NetworkState::subnet(const std::string& id, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto& known = region_of(caller).subnets;
  const auto found = known.find(id);
  if (found == known.end())
    throw ApiFailure{"InvalidSubnetID.NotFound", cat("The subnet ID '", printable(id, 100), "' does not exist")};
  return found->second;
}

Json NetworkState::describe_vpcs(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  return {{"vpcSet", described(region_of(caller).vpcs, input, "VpcId", "InvalidVpcID.NotFound", "vpc ID")}};
}

Json NetworkState::describe_subnets(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  return {
      {"subnetSet", described(region_of(caller).subnets, input, "SubnetId", "InvalidSubnetID.NotFound", "subnet ID")}};
}

Json NetworkState::describe_groups(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  Json found = described(region_of(caller).groups, input, "GroupId", "InvalidGroup.NotFound", "security group");
  const auto names = texts_member(input, "GroupName");
  if (names.empty()) return {{"securityGroupInfo", found}};
  Json named = Json::array();
  for (auto& group : found)
    if (std::find(names.begin(), names.end(), group["groupName"].get<std::string>()) != names.end())
      named.push_back(group);
  return {{"securityGroupInfo", named}};
}

Json NetworkState::create_vpc(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  check_network_room(region.vpcs);
  const auto id = new_network_id("vpc");
  region.vpcs[id] = vpc_document(id, required_text(input, "CidrBlock"), false, caller);
  return {{"vpc", region.vpcs[id]}};
}

Json NetworkState::create_subnet(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  check_network_room(region.subnets);
  const auto vpc = required_text(input, "VpcId"), zone = text_member(input, "AvailabilityZone");
  if (!region.vpcs.contains(vpc))
    throw ApiFailure{"InvalidVpcID.NotFound", cat("The vpc ID '", vpc, "' does not exist")};
  const auto id = new_network_id("subnet");
  region.subnets[id] =
      subnet_document(id, vpc, required_text(input, "CidrBlock"), zone.empty() ? caller.region + "a" : zone, caller);
  return {{"subnet", region.subnets[id]}};
}

Json NetworkState::create_group(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  check_network_room(region.groups);
  const auto name = required_text(input, "GroupName"), given = text_member(input, "VpcId");
  const auto vpc = given.empty() ? std::string("vpc-11111111") : given;
  if (!region.vpcs.contains(vpc))
    throw ApiFailure{"InvalidVpcID.NotFound", cat("The vpc ID '", vpc, "' does not exist")};
  for (const auto& entry : region.groups)
    if (entry.second["groupName"] == name && entry.second["vpcId"] == vpc)
      throw ApiFailure{"InvalidGroup.Duplicate",
                       cat("The security group '", name, "' already exists for VPC '", vpc, "'")};
  const auto id = new_network_id("sg");
  region.groups[id] = group_document(id, name, vpc, required_text(input, "GroupDescription"), caller);
  return {{"groupId", id}};
}

Json NetworkState::authorize_ingress(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  auto& group = group_called(region, input);
  const auto rules = rules_of(input, caller);
  if (group["ipPermissions"].size() + rules.size() > most_network_items)
    throw ApiFailure{"RulesPerSecurityGroupLimitExceeded", "The maximum number of rules has been reached."};
  for (const auto& rule : rules) {
    for (const auto& pair : rule["groups"]) (void)group_called(region, {{"GroupId", pair["groupId"]}});
    if (std::find(group["ipPermissions"].begin(), group["ipPermissions"].end(), rule) != group["ipPermissions"].end())
      throw ApiFailure{"InvalidPermission.Duplicate", "The specified rule already exists"};
  }
  for (const auto& rule : rules) group["ipPermissions"].push_back(rule);
  return {{"return", true}, {"securityGroupRuleSet", shown_rules(group, rules)}};
}

Json NetworkState::revoke_ingress(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& group = group_called(region_of(caller), input);
  for (const auto& rule : rules_of(input, caller)) {
    const auto found = std::find(group["ipPermissions"].begin(), group["ipPermissions"].end(), rule);
    if (found == group["ipPermissions"].end())
      throw ApiFailure{"InvalidPermission.NotFound", "The specified rule does not exist in this security group."};
    group["ipPermissions"].erase(found);
  }
  return {{"return", true}};
}

Operations ec2_operations(const std::shared_ptr<NetworkState>& network) {
  const auto bound = [&network](auto method) {
    return [network, method](const Json& input, const Caller& caller) { return (*network.*method)(input, caller); };
  };
  return {{"DescribeVpcs", bound(&NetworkState::describe_vpcs)},
          {"DescribeSubnets", bound(&NetworkState::describe_subnets)},
          {"DescribeSecurityGroups", bound(&NetworkState::describe_groups)},
          {"CreateVpc", bound(&NetworkState::create_vpc)},
          {"CreateSubnet", bound(&NetworkState::create_subnet)},
          {"CreateSecurityGroup", bound(&NetworkState::create_group)},
          {"AuthorizeSecurityGroupIngress", bound(&NetworkState::authorize_ingress)},
          {"RevokeSecurityGroupIngress", bound(&NetworkState::revoke_ingress)}};
}

std::shared_ptr<NetworkState> new_network() { return std::make_shared<NetworkState>(); }

void check_network(NetworkState& network, const std::vector<std::string>& subnets,
                   const std::vector<std::string>& groups, const Caller& caller) {
  network.check(subnets, groups, caller);
}

}  // namespace lapstrake::sandbox
