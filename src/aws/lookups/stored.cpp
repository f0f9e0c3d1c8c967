#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/stored.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

Session in_region(Session session, const std::string& region) {
  if (!region.empty()) session.region = region;
  return session;
}

// "AWSCURRENT" is in the list of stages of the current version.
std::string current_version(const json& description) {
  const auto& versions = member_of(description, "VersionIdsToStages");
  if (versions.is_object())
    for (const auto& [id, stages] : versions.items())
      if (std::find(stages.begin(), stages.end(), "AWSCURRENT") != stages.end()) return id;
  return "unknown";
}

std::optional<std::string> version_of_secret(const Session& session, const std::string& id) {
  try {
    return current_version(call(session, Service::secrets_manager, "DescribeSecret", {{"SecretId", id}}));
  } catch (const Error& error) {
    if (error.service().code == "ResourceNotFoundException") return std::nullopt;
    throw;
  }
}

std::string parameter_name(const std::string& id) {
  const auto at = id.find(":parameter/");
  if (at == std::string::npos) return id;
  const auto path = id.substr(at + 11);
  return path.find('/') == std::string::npos ? path : cat("/", path);
}

// Encrypted parameters are returned encrypted.
std::optional<std::string> version_of_parameter(const Session& session, const std::string& id) {
  const auto reply =
      call(session, Service::ssm, "GetParameters", {{"Names", {parameter_name(id)}}, {"WithDecryption", false}});
  const auto& found = list_of(reply, "Parameters");
  if (found.empty()) return std::nullopt;
  const auto version = number_of(found[0], "Version");
  return version ? cat(*version) : std::string("unknown");
}

}  // namespace

SecretSource secret_source(const std::string& value_from) {
  if (!value_from.starts_with("arn:")) return {.kind = SecretSource::Kind::parameter, .id = value_from, .region = {}};
  const auto parts = split(value_from, ':');
  const auto region = parts.size() > 3 ? parts[3] : "";
  if (parts.size() > 6 && parts[2] == "secretsmanager")
    return {.kind = SecretSource::Kind::secret, .id = join({parts.begin(), parts.begin() + 7}, ":"), .region = region};
  return {.kind = SecretSource::Kind::parameter, .id = value_from, .region = region};
}

std::optional<std::string> secret_version(const Session& session, const SecretSource& source) {
  const auto there = in_region(session, source.region);
  return source.kind == SecretSource::Kind::secret ? version_of_secret(there, source.id)
                                                   : version_of_parameter(there, source.id);
}

bool has_log_group(const Session& session, const std::string& name, const std::string& region) {
  const auto reply =
      call(in_region(session, region), Service::logs, "DescribeLogGroups", {{"logGroupNamePrefix", name}});
  const auto& groups = list_of(reply, "logGroups");
  return std::any_of(groups.begin(), groups.end(),
                     [&](const auto& group) { return text_of(group, "logGroupName") == name; });
}

std::optional<std::string> lifecycle_policy(const Session& session, const std::string& repository) {
  try {
    return text_of(call(session, Service::ecr, "GetLifecyclePolicy", {{"repositoryName", repository}}),
                   "lifecyclePolicyText");
  } catch (const Error& error) {
    if (error.service().code == "LifecyclePolicyNotFoundException") return "";
    if (error.service().code == "RepositoryNotFoundException") return std::nullopt;
    throw;
  }
}

}  // namespace lapstrake::aws
