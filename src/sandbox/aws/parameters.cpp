// SSM parameters, Secrets Manager secrets, and scalable targets: small stores of what callers put there.
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <mutex>
#include <nlohmann/json.hpp>

#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_stored = 10'000;  // entries of a service and region

// By region and name.
struct Entries {
  std::mutex mutex;
  std::map<std::string, std::map<std::string, Json>> regions;

  std::map<std::string, Json>& of(const Caller& caller) { return regions[caller.region]; }
};

void keep(std::map<std::string, Json>& entries, const std::string& name, Json value) {
  if (!entries.contains(name) && entries.size() >= most_stored)
    throw ApiFailure{"LimitExceededException", "The sandbox stores no more entries."};
  entries[name] = std::move(value);
}

std::string parameter_arn(const std::string& name, const Caller& caller) {
  return cat("arn:aws:ssm:", caller.region, ":", caller.account, ":parameter", name.starts_with('/') ? "" : "/", name);
}

// A name, or an ARN.
std::string parameter_name(const std::string& given) {
  const auto at = given.find(":parameter");
  if (at == std::string::npos) return given;
  const auto rest = given.substr(at + 10);
  return rest.find('/', 1) == std::string::npos ? rest.substr(1) : rest;
}

Json put_parameter(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto name = text_member(input, "Name");
  auto& known = entries.of(caller);
  if (known.contains(name) && !input.value("Overwrite", false))
    throw ApiFailure{
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."};
  const auto version = known.contains(name) ? known[name]["Version"].get<std::int64_t>() + 1 : 1;
  keep(known, name,
       {{"Name", name},
        {"Type", text_member(input, "Type").empty() ? "String" : text_member(input, "Type")},
        {"Value", text_member(input, "Value")},
        {"Version", version},
        {"LastModifiedDate", epoch_seconds(caller.now)},
        {"ARN", parameter_arn(name, caller)},
        {"DataType", "text"}});
  return {{"Version", version}, {"Tier", "Standard"}};
}

Json get_parameter(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto& known = entries.of(caller);
  const auto found = known.find(parameter_name(text_member(input, "Name")));
  if (found == known.end()) throw ApiFailure{"ParameterNotFound", ""};
  return {{"Parameter", found->second}};
}

Json get_parameters(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto& known = entries.of(caller);
  Json found = Json::array(), invalid = Json::array();
  for (const auto& name : texts_member(input, "Names"))
    if (const auto one = known.find(parameter_name(name)); one != known.end())
      found.push_back(one->second);
    else
      invalid.push_back(name);
  return {{"Parameters", found}, {"InvalidParameters", invalid}};
}

// A name, an ARN, or an ARN without the suffix of six characters.
Json& secret_called(Entries& entries, const std::string& id, const Caller& caller) {
  for (auto& entry : entries.of(caller)) {
    const std::string arn = entry.second["ARN"];
    if (entry.first == id || arn == id || arn.substr(0, arn.size() - 7) == id) return entry.second;
  }
  throw ApiFailure{"ResourceNotFoundException", "Secrets Manager can't find the specified secret."};
}

Json create_secret(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto name = text_member(input, "Name");
  if (entries.of(caller).contains(name))
    throw ApiFailure{"ResourceExistsException",
                     cat("The operation failed because the secret ", name, " already exists.")};
  const Json secret = {{"Name", name},
                       {"ARN", cat("arn:aws:secretsmanager:", caller.region, ":", caller.account, ":secret:", name, "-",
                                   random_text(6, "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"))},
                       {"SecretString", text_member(input, "SecretString")},
                       {"VersionId", uuid()},
                       {"CreatedDate", epoch_seconds(caller.now)}};
  keep(entries.of(caller), name, secret);
  return {{"ARN", secret["ARN"]}, {"Name", name}, {"VersionId", secret["VersionId"]}};
}

Json put_secret(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  auto& secret = secret_called(entries, text_member(input, "SecretId"), caller);
  secret["SecretString"] = text_member(input, "SecretString");
  secret["VersionId"] = uuid();
  return {{"ARN", secret["ARN"]},
          {"Name", secret["Name"]},
          {"VersionId", secret["VersionId"]},
          {"VersionStages", {"AWSCURRENT"}}};
}

Json get_secret(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  auto secret = secret_called(entries, text_member(input, "SecretId"), caller);
  secret["VersionStages"] = {"AWSCURRENT"};
  return secret;
}

Json describe_secret(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  auto secret = secret_called(entries, text_member(input, "SecretId"), caller);
  secret.erase("SecretString");
  secret["VersionIdsToStages"] = {{secret["VersionId"].get<std::string>(), {"AWSCURRENT"}}};
  secret.erase("VersionId");
  return secret;
}

Json register_target(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  auto& known = entries.of(caller);
  const auto name = text_member(input, "ResourceId");
  Json target = known.contains(name) ? known[name] : Json::object();
  target.update(input);
  keep(known, name, std::move(target));
  return {{"ScalableTargetARN", cat("arn:aws:application-autoscaling:", caller.region, ":", caller.account,
                                    ":scalable-target/", random_text(32, "0123456789abcdef"))}};
}

Json describe_targets(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto wanted = texts_member(input, "ResourceIds");
  Json found = Json::array();
  for (const auto& entry : entries.of(caller))
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), entry.first) != wanted.end()) {
      auto target = entry.second;
      target["RoleARN"] = cat("arn:aws:iam::", caller.account,
                              ":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
                              "AWSServiceRoleForApplicationAutoScaling_ECSService");
      target["CreationTime"] = epoch_seconds(caller.now);
      found.push_back(std::move(target));
    }
  return {{"ScalableTargets", found}};
}

Json put_policy(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto name = cat(text_member(input, "ResourceId"), "|", text_member(input, "PolicyName"));
  Json policy = input;
  policy["PolicyARN"] = cat("arn:aws:autoscaling:", caller.region, ":", caller.account, ":scalingPolicy:", uuid());
  policy["CreationTime"] = epoch_seconds(caller.now);
  keep(entries.of(caller), name, policy);
  return {{"PolicyARN", policy["PolicyARN"]}, {"Alarms", Json::array()}};
}

Json describe_policies(Entries& entries, const Json& input, const Caller& caller) {
  const std::lock_guard lock(entries.mutex);
  const auto resource = text_member(input, "ResourceId");
  Json found = Json::array();
  for (const auto& entry : entries.of(caller))
    if (resource.empty() || entry.second.value("ResourceId", "") == resource) found.push_back(entry.second);
  return {{"ScalingPolicies", found}};
}

using Function = Json (*)(Entries&, const Json&, const Caller&);
Operation with(std::shared_ptr<Entries> entries, Function function) {
  return [entries = std::move(entries), function](const Json& input, const Caller& caller) {
    return function(*entries, input, caller);
  };
}

}  // namespace

Operations ssm_operations() {
  const auto entries = std::make_shared<Entries>();
  return {{"PutParameter", with(entries, put_parameter)},
          {"GetParameter", with(entries, get_parameter)},
          {"GetParameters", with(entries, get_parameters)}};
}

Operations secrets_manager_operations() {
  const auto entries = std::make_shared<Entries>();
  return {{"CreateSecret", with(entries, create_secret)},
          {"PutSecretValue", with(entries, put_secret)},
          {"GetSecretValue", with(entries, get_secret)},
          {"DescribeSecret", with(entries, describe_secret)}};
}

Operations autoscaling_operations() {
  const auto targets = std::make_shared<Entries>(), policies = std::make_shared<Entries>();
  return {{"RegisterScalableTarget", with(targets, register_target)},
          {"DescribeScalableTargets", with(targets, describe_targets)},
          {"PutScalingPolicy", with(policies, put_policy)},
          {"DescribeScalingPolicies", with(policies, describe_policies)}};
}

}  // namespace lapstrake::sandbox
