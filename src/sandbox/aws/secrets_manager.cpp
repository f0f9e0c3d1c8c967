// Secrets Manager: secrets with their versions and the stages AWSCURRENT and AWSPREVIOUS.
#include <deque>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "input.hpp"
#include "stored.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_secret_bytes = 65'536;  // SecretString in botocore's model

struct SecretVersion {
  std::string id;
  Json value;  // {"SecretString": ...} or {"SecretBinary": ...}
  Time created{};
};
struct Secret {
  std::string arn{}, name{}, description{};
  std::deque<SecretVersion> versions{};  // oldest first; the last is AWSCURRENT, the one before it AWSPREVIOUS
};
using Secrets = Stored<Secret>;

// A name, an ARN, or an ARN without the suffix of six characters.
Secret& secret_called(Secrets& state, const std::string& id, const Caller& caller) {
  for (auto& entry : state.of(caller)) {
    const auto& arn = entry.second.arn;
    if (entry.first == id || arn == id || arn.substr(0, arn.size() - 7) == id) return entry.second;
  }
  throw ApiFailure{"ResourceNotFoundException", "Secrets Manager can't find the specified secret."};
}

Json stages_of(const Secret& secret, std::size_t index) {
  const auto after = secret.versions.size() - index;
  return after == 1 ? Json::array({"AWSCURRENT"}) : after == 2 ? Json::array({"AWSPREVIOUS"}) : Json::array();
}

void add_version(Secret& secret, const Json& input, const Caller& caller) {
  const auto text = text_member(input, "SecretString"), binary = text_member(input, "SecretBinary");
  if (text.size() > most_secret_bytes || binary.size() > most_secret_bytes)
    throw ApiFailure{"InvalidParameterException", cat("A secret has at most ", most_secret_bytes, " bytes.")};
  const auto token = text_member(input, "ClientRequestToken");
  secret.versions.push_back({.id = token.empty() ? uuid() : token,
                             .value = binary.empty() ? Json{{"SecretString", text}} : Json{{"SecretBinary", binary}},
                             .created = caller.now});
  if (secret.versions.size() > most_versions) secret.versions.pop_front();
}

bool has_value(const Json& input) { return input.contains("SecretString") || input.contains("SecretBinary"); }

Json create_secret(Secrets& state, const Json& input, const Caller& caller) {
  const auto name = text_member(input, "Name");
  if (name.empty() || name.size() > 512)
    throw ApiFailure{"InvalidParameterException", "The name must have from 1 to 512 characters."};
  if (state.of(caller).contains(name))
    throw ApiFailure{"ResourceExistsException",
                     cat("The operation failed because the secret ", name, " already exists.")};
  auto& secret = state.keep(caller, name);
  secret.name = name;
  secret.description = text_member(input, "Description");
  secret.arn = cat("arn:aws:secretsmanager:", caller.region, ":", caller.account, ":secret:", name, "-",
                   random_text(6, "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"));
  Json out = {{"ARN", secret.arn}, {"Name", name}};
  if (!has_value(input)) return out;
  add_version(secret, input, caller);
  out["VersionId"] = secret.versions.back().id;
  return out;
}

Json put_secret(Secrets& state, const Json& input, const Caller& caller) {
  auto& secret = secret_called(state, text_member(input, "SecretId"), caller);
  if (!has_value(input))
    throw ApiFailure{"InvalidRequestException", "You must provide either SecretString or SecretBinary."};
  add_version(secret, input, caller);
  return {{"ARN", secret.arn},
          {"Name", secret.name},
          {"VersionId", secret.versions.back().id},
          {"VersionStages", {"AWSCURRENT"}}};
}

Json secret_value(Secrets& state, const Json& input, const Caller& caller) {
  const auto& secret = secret_called(state, text_member(input, "SecretId"), caller);
  const auto id = text_member(input, "VersionId"), given = text_member(input, "VersionStage");
  const auto stage = given.empty() && id.empty() ? std::string("AWSCURRENT") : given;
  for (std::size_t i = secret.versions.size(); i-- > 0;) {
    const auto& version = secret.versions[i];
    if ((!id.empty() && version.id != id) || (!stage.empty() && stages_of(secret, i) != Json::array({stage}))) continue;
    Json out = {{"ARN", secret.arn},
                {"Name", secret.name},
                {"VersionId", version.id},
                {"VersionStages", stages_of(secret, i)},
                {"CreatedDate", epoch_seconds(version.created)}};
    out.update(version.value);
    return out;
  }
  throw ApiFailure{"ResourceNotFoundException", "Secrets Manager can't find the specified secret value."};
}

Json describe_secret(Secrets& state, const Json& input, const Caller& caller) {
  const auto& secret = secret_called(state, text_member(input, "SecretId"), caller);
  Json stages = Json::object();
  for (std::size_t i = 0; i < secret.versions.size(); ++i)
    if (auto names = stages_of(secret, i); !names.empty()) stages[secret.versions[i].id] = std::move(names);
  Json out = {{"ARN", secret.arn}, {"Name", secret.name}, {"VersionIdsToStages", stages}};
  if (!secret.description.empty()) out["Description"] = secret.description;
  if (secret.versions.empty()) return out;
  out["CreatedDate"] = epoch_seconds(secret.versions.front().created);
  out["LastChangedDate"] = epoch_seconds(secret.versions.back().created);
  return out;
}

}  // namespace

Operations secrets_manager_operations() {
  const auto state = std::make_shared<Secrets>();
  return {{"CreateSecret", with_state(state, create_secret)},
          {"PutSecretValue", with_state(state, put_secret)},
          {"GetSecretValue", with_state(state, secret_value)},
          {"DescribeSecret", with_state(state, describe_secret)}};
}

}  // namespace lapstrake::sandbox
