// Reads of EC2 and of load balancers.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

// By id: DescribeSubnets, DescribeSecurityGroups as JSON (all values are texts). Those that do not exist are missing.
std::map<std::string, nlohmann::json> find_subnets(const Session& session, const std::vector<std::string>& ids);
std::map<std::string, nlohmann::json> find_security_groups(const Session& session, const std::vector<std::string>& ids);

// Whether an inbound rule of a security group admits TCP to `port` from any of these groups, or from everywhere.
bool admits(const nlohmann::json& group, int port, const std::vector<std::string>& from);

struct TargetGroup {
  std::string arn, vpc, type, port;                      // type: "ip", "instance"
  std::string health_path, interval, healthy_threshold;  // seconds; a number
  std::string deregistration_delay;                      // seconds
  std::vector<std::string> load_balancers;               // ARNs
};
// Nothing when it does not exist.
std::optional<TargetGroup> find_target_group(const Session& session, const std::string& arn);

// Of the load balancers; empty for network load balancers without groups.
std::vector<std::string> security_groups_of(const Session& session, const std::vector<std::string>& load_balancers);

}  // namespace lapstrake::aws
