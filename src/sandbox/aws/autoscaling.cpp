// Application Auto Scaling: scalable targets and policies as callers register them. Nothing scales.
#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "input.hpp"
#include "stored.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

struct Scaling : Stored<Json> {  // scalable targets
  Stored<Json> policies = {};    // its lock is not used
};

std::string target_key(const Json& input) {
  return cat(text_member(input, "ServiceNamespace"), "|", text_member(input, "ResourceId"), "|",
             text_member(input, "ScalableDimension"));
}

// Whether a document has the members that the request names.
bool is_asked(const Json& document, const Json& input) {
  return std::all_of(input.items().begin(), input.items().end(), [&](const auto& member) {
    const bool is_filter =
        member.key() == "ServiceNamespace" || member.key() == "ResourceId" || member.key() == "ScalableDimension";
    return !is_filter || document.value(member.key(), Json()) == member.value();
  });
}

Json register_target(Scaling& state, const Json& input, const Caller& caller) {
  const auto key = target_key(input);
  Json target = state.of(caller).contains(key) ? state.of(caller)[key] : Json::object();
  target.update(input);
  if (!target.contains("MinCapacity") || !target.contains("MaxCapacity") ||
      target["MinCapacity"].get<std::int64_t>() > target["MaxCapacity"].get<std::int64_t>())
    throw ApiFailure{"ValidationException",
                     "Minimum and maximum capacity must be set, and the minimum cannot be larger."};
  if (!target.contains("ScalableTargetARN")) {
    target["ScalableTargetARN"] = cat("arn:aws:application-autoscaling:", caller.region, ":", caller.account,
                                      ":scalable-target/", random_text(32, "0123456789abcdef"));
    target["CreationTime"] = epoch_seconds(caller.now);
    target["RoleARN"] = cat("arn:aws:iam::", caller.account,
                            ":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
                            "AWSServiceRoleForApplicationAutoScaling_ECSService");
  }
  target.erase("Tags");
  state.keep(caller, key) = target;
  return {{"ScalableTargetARN", target["ScalableTargetARN"]}};
}

Json describe_targets(Scaling& state, const Json& input, const Caller& caller) {
  const auto wanted = texts_member(input, "ResourceIds");
  std::vector<Json> found;
  for (const auto& entry : state.of(caller)) {
    const auto resource = text_member(entry.second, "ResourceId");
    if (is_asked(entry.second, input) &&
        (wanted.empty() || std::find(wanted.begin(), wanted.end(), resource) != wanted.end()))
      found.push_back(entry.second);
  }
  Json paged = input;
  if (input.contains("MaxResults")) paged["maxResults"] = input["MaxResults"];
  if (input.contains("NextToken")) paged["nextToken"] = input["NextToken"];
  Json out = page(paged, "ScalableTargets", std::move(found), 50, 50);
  if (out.contains("nextToken")) out["NextToken"] = out["nextToken"];
  out.erase("nextToken");
  return out;
}

Json put_policy(Scaling& state, const Json& input, const Caller& caller) {
  if (!state.of(caller).contains(target_key(input)))
    throw ApiFailure{"ObjectNotFoundException",
                     cat("No scalable target registered for service namespace: ",
                         text_member(input, "ServiceNamespace"), ", resource ID: ", text_member(input, "ResourceId"),
                         ", scalable dimension: ", text_member(input, "ScalableDimension"))};
  Json policy = input;
  auto& kept = state.policies.keep(caller, cat(target_key(input), "|", text_member(input, "PolicyName")));
  policy["PolicyARN"] =
      kept.is_object()
          ? kept["PolicyARN"]
          : Json(cat("arn:aws:autoscaling:", caller.region, ":", caller.account, ":scalingPolicy:", uuid()));
  policy["CreationTime"] = epoch_seconds(caller.now);
  if (!policy.contains("PolicyType")) policy["PolicyType"] = "TargetTrackingScaling";
  kept = policy;
  return {{"PolicyARN", policy["PolicyARN"]}, {"Alarms", Json::array()}};
}

Json describe_policies(Scaling& state, const Json& input, const Caller& caller) {
  const auto names = texts_member(input, "PolicyNames");
  Json found = Json::array();
  for (const auto& entry : state.policies.of(caller)) {
    const auto name = text_member(entry.second, "PolicyName");
    if (is_asked(entry.second, input) && (names.empty() || std::find(names.begin(), names.end(), name) != names.end()))
      found.push_back(entry.second);
  }
  return {{"ScalingPolicies", found}};
}

}  // namespace

Operations autoscaling_operations() {
  const auto state = std::make_shared<Scaling>();
  return {{"RegisterScalableTarget", with_state(state, register_target)},
          {"DescribeScalableTargets", with_state(state, describe_targets)},
          {"PutScalingPolicy", with_state(state, put_policy)},
          {"DescribeScalingPolicies", with_state(state, describe_policies)}};
}

}  // namespace lapstrake::sandbox
