#include <algorithm>
#include <lapstrake/aws/ecr/repository.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

std::optional<std::string> optional_text(const json& object, const char* name) {
  const auto found = object.is_object() ? object.value(name, json()) : json();
  return found.is_string() ? std::optional(found.get<std::string>()) : std::nullopt;
}

EcrSettings settings_of(const json& described) {
  EcrSettings settings;
  settings.tag_mutability = optional_text(described, "imageTagMutability");
  for (const auto& filter : member_of(described, "imageTagMutabilityExclusionFilters"))
    if (auto pattern = optional_text(filter, "filter")) settings.mutability_exclusions.push_back(*std::move(pattern));
  if (const auto scan = member_of(member_of(described, "imageScanningConfiguration"), "scanOnPush"); scan.is_boolean())
    settings.scan_on_push = scan.get<bool>();
  settings.encryption = optional_text(member_of(described, "encryptionConfiguration"), "encryptionType");
  settings.kms_key = optional_text(member_of(described, "encryptionConfiguration"), "kmsKey");
  return settings;
}

// Of a reply's `repository`.
EcrRepository repository_of(const json& described) {
  auto arn = optional_text(described, "repositoryArn");
  if (!arn)
    throw Error(ErrorKind::network, "ECR's reply has no repositoryArn", "check AWS_ENDPOINT_URL and HTTPS_PROXY");
  return {*std::move(arn), settings_of(described)};
}

EcrRepository existing(const Session& session, const std::string& account, const std::string& repository) {
  const auto reply = call(session, Service::ecr, "DescribeRepositories",
                          {{"registryId", account}, {"repositoryNames", json::array({repository})}});
  const auto list = member_of(reply, "repositories");
  return repository_of(list.is_array() && !list.empty() ? list[0] : json());
}

json creation_input(const std::string& account, const std::string& repository, const EcrSettings& settings) {
  json input = {{"registryId", account}, {"repositoryName", repository}};
  if (settings.tag_mutability) input["imageTagMutability"] = *settings.tag_mutability;
  for (const auto& pattern : settings.mutability_exclusions)
    input["imageTagMutabilityExclusionFilters"].push_back({{"filterType", "WILDCARD"}, {"filter", pattern}});
  if (settings.scan_on_push) input["imageScanningConfiguration"] = {{"scanOnPush", *settings.scan_on_push}};
  if (settings.encryption) input["encryptionConfiguration"] = {{"encryptionType", *settings.encryption}};
  if (settings.kms_key) input["encryptionConfiguration"]["kmsKey"] = *settings.kms_key;
  for (const auto& [key, value] : settings.tags) input["tags"].push_back({{"Key", key}, {"Value", value}});
  return input;
}

CreatedRepository created(const Session& session, const std::string& account, const std::string& repository,
                          const EcrSettings& settings) {
  try {
    const auto reply = call(session, Service::ecr, "CreateRepository", creation_input(account, repository, settings));
    return {repository_of(member_of(reply, "repository")), true};
  } catch (const Error& error) {
    if (error.service().code != "RepositoryAlreadyExistsException") throw;
    return {existing(session, account, repository), false};
  }
}

std::string in_words(const std::vector<std::string>& patterns) {
  return patterns.empty() ? "none" : join(patterns, ", ");
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

// "arn:aws:kms:R:A:key/ID", which an alias is not.
bool is_key_arn(const std::string& key) { return key.starts_with("arn:") && key.find(":key/") != std::string::npos; }

// What AWS says to a registryId that is not the caller's: it may be a lack of rights, or a parameter that is wrong.
bool may_be_account(const Error& error) {
  const auto& code = error.service().code;
  return code == "AccessDeniedException" || code == "AccessDenied" || code == "InvalidParameterException" ||
         code == "ValidationException";
}

void explain_account(Error& error, const Session& session, const std::string& account) {
  Identity caller;
  try {
    caller = caller_identity(session);
  } catch (const Error&) {
    return;  // the first failure is the one to tell
  }
  if (caller.account.empty() || caller.account == account) return;
  Error other(ErrorKind::access,
              cat("these AWS credentials belong to account ", caller.account, " (", caller.arn,
                  "), but the repository belongs to account ", account),
              cat("use credentials for account ", account, " (these came from ", session.credentials.source,
                  "), or correct ", "the account in `repository:`"));
  error = std::move(other.because(error.reason()));
}

}  // namespace

std::optional<EcrRepository> find_repository(const Session& session, const std::string& account,
                                             const std::string& repository) {
  try {
    return existing(session, account, repository);
  } catch (const Error& error) {
    if (error.service().code == "RepositoryNotFoundException") return std::nullopt;
    throw;
  }
}

CreatedRepository create_repository(const Session& session, const std::string& account, const std::string& repository,
                                    const EcrSettings& settings) {
  try {
    return created(session, account, repository, settings);
  } catch (Error& error) {
    if (may_be_account(error)) explain_account(error, session, account);
    throw;
  }
}

std::vector<std::string> differences(const EcrSettings& wanted, const EcrSettings& found) {
  std::vector<std::string> all;
  const auto told = [&](std::string_view what, const std::string& is, const std::string& should) {
    all.push_back(cat(what, " is ", is, ", not ", should));
  };
  if (wanted.tag_mutability && wanted.tag_mutability != found.tag_mutability)
    told("its tag mutability", found.tag_mutability.value_or("unknown"), *wanted.tag_mutability);
  else if (wanted.tag_mutability && sorted(wanted.mutability_exclusions) != sorted(found.mutability_exclusions))
    told("its list of excluded tags", in_words(found.mutability_exclusions), in_words(wanted.mutability_exclusions));
  if (wanted.scan_on_push && *wanted.scan_on_push != found.scan_on_push.value_or(false))
    told("its scan on push", *wanted.scan_on_push ? "off" : "on", *wanted.scan_on_push ? "on" : "off");
  if (wanted.encryption && wanted.encryption != found.encryption)
    told("its encryption", found.encryption.value_or("unknown"), *wanted.encryption);
  else if (wanted.kms_key && found.kms_key && is_key_arn(*wanted.kms_key) && is_key_arn(*found.kms_key) &&
           wanted.kms_key != found.kms_key)
    told("its key", *found.kms_key, *wanted.kms_key);
  return all;
}

}  // namespace lapstrake::aws
