#include <lapstrake/aws/ecs/scaling.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr const char* dimension = "ecs:service:DesiredCount";

json resource(const ServiceId& id) {
  return {{"ServiceNamespace", "ecs"}, {"ResourceId", scaling_resource(id)}, {"ScalableDimension", dimension}};
}

std::optional<json> find_target(const Session& session, const ServiceId& id) {
  const auto reply =
      call(session, Service::application_autoscaling, "DescribeScalableTargets",
           {{"ServiceNamespace", "ecs"}, {"ResourceIds", {scaling_resource(id)}}, {"ScalableDimension", dimension}});
  const auto& targets = list_of(reply, "ScalableTargets");
  return targets.empty() ? std::nullopt : std::optional<json>(targets[0]);
}

std::string policy_name(const std::string& metric) { return cat("lapstrake-", metric); }

std::map<std::string, double> policies(const Session& session, const ServiceId& id) {
  const auto reply = call(session, Service::application_autoscaling, "DescribeScalingPolicies", resource(id));
  std::map<std::string, double> found;
  for (const auto& policy : list_of(reply, "ScalingPolicies")) {
    const auto& value = member_of(member_of(policy, "TargetTrackingScalingPolicyConfiguration"), "TargetValue");
    if (value.is_number()) found[text_of(policy, "PolicyName")] = value.get<double>();
  }
  return found;
}

}  // namespace

std::string scaling_resource(const ServiceId& id) {
  return cat("service/", id.cluster.substr(id.cluster.rfind('/') + 1), "/", id.name);
}

bool is_scaled(const Session& session, const ServiceId& id) { return find_target(session, id).has_value(); }

std::vector<std::string> scaling_changes(const Session& session, const ServiceId& id, const ServiceScaling& wanted) {
  std::vector<std::string> changes;
  const auto target = find_target(session, id);
  const auto least = target ? number_of(*target, "MinCapacity") : std::nullopt;
  const auto most = target ? number_of(*target, "MaxCapacity") : std::nullopt;
  if (least != wanted.least || most != wanted.most)
    changes.push_back(cat(wanted.least, " to ", wanted.most, " tasks",
                          target ? cat(" (now ", least.value_or(0), " to ", most.value_or(0), ")") : ""));
  const auto now = target ? policies(session, id) : std::map<std::string, double>();
  for (const auto& metric : wanted.metrics) {
    const auto policy = now.find(policy_name(metric.first));
    if (policy == now.end() || policy->second != metric.second)
      changes.push_back(cat(metric.first, " at ", metric.second, " %"));
  }
  return changes;
}

void set_scaling(const Session& session, const ServiceId& id, const ServiceScaling& wanted) {
  auto target = resource(id);
  target["MinCapacity"] = wanted.least;
  target["MaxCapacity"] = wanted.most;
  call(session, Service::application_autoscaling, "RegisterScalableTarget", target);
  for (const auto& metric : wanted.metrics) {
    auto policy = resource(id);
    policy["PolicyName"] = policy_name(metric.first);
    policy["PolicyType"] = "TargetTrackingScaling";
    policy["TargetTrackingScalingPolicyConfiguration"] = {
        {"TargetValue", metric.second}, {"PredefinedMetricSpecification", {{"PredefinedMetricType", metric.first}}}};
    call(session, Service::application_autoscaling, "PutScalingPolicy", policy);
  }
}

}  // namespace lapstrake::aws
