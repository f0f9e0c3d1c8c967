// ECR's operations on repositories and on the account's own settings.
#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/clock.hpp>

#include "ecr_input.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

Json object_member(const Json& input, const char* name) {
  const auto found = input.value(name, Json::object());
  if (!found.is_object()) throw ApiFailure{"SerializationException", "Unexpected field type"};
  return found;
}

void check_choice(const char* parameter, const std::string& value, std::initializer_list<std::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) == choices.end())
    throw invalid(parameter,
                  cat("Member must satisfy enum value set: [", join({choices.begin(), choices.end()}, ", "), "]"));
}

void read_mutability(const Json& input, RepositorySettings& settings) {
  if (const auto given = text_member(input, "imageTagMutability"); !given.empty()) settings.tag_mutability = given;
  check_choice("imageTagMutability", settings.tag_mutability,
               {"MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"});
  for (const auto& filter : input.value("imageTagMutabilityExclusionFilters", Json::array())) {
    check_choice("imageTagMutabilityExclusionFilters", text_member(filter, "filterType"), {"WILDCARD"});
    settings.exclusions.push_back(text_member(filter, "filter"));
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._*-";
    const auto& pattern = settings.exclusions.back();
    if (pattern.empty() || pattern.size() > 128 || pattern.find_first_not_of(allowed) != std::string::npos)
      throw invalid("imageTagMutabilityExclusionFilters",
                    "Member must satisfy regular expression pattern: ^[0-9a-zA-Z._*-]{1,128}$");
  }
  if (settings.exclusions.size() > 5)
    throw invalid("imageTagMutabilityExclusionFilters", "Member must have length less than or equal to 5");
  if (settings.tag_mutability.ends_with("_EXCLUSION") == settings.exclusions.empty())
    throw invalid("imageTagMutabilityExclusionFilters",
                  "exclusion filters go with a mutability of _WITH_EXCLUSION, and it needs one");
}

// CreateRepository's members; a template calls its tags otherwise.
RepositorySettings settings_of(const Json& input, const char* tags, bool immutable) {
  RepositorySettings settings{.tag_mutability = immutable ? "IMMUTABLE" : "MUTABLE"};
  read_mutability(input, settings);
  settings.scan_on_push = object_member(input, "imageScanningConfiguration").value("scanOnPush", false);
  const auto encryption = object_member(input, "encryptionConfiguration");
  if (input.contains("encryptionConfiguration")) {
    settings.encryption = text_member(encryption, "encryptionType");
    settings.kms_key = text_member(encryption, "kmsKey");
    check_choice("encryptionConfiguration.encryptionType", settings.encryption, {"AES256", "KMS", "KMS_DSSE"});
    if (settings.encryption == "AES256" && !settings.kms_key.empty())
      throw invalid("encryptionConfiguration.kmsKey", "KMS key must not be set with AES256 encryption");
  }
  for (const auto& tag : input.value(tags, Json::array()))
    settings.tags[text_member(tag, "Key")] = text_member(tag, "Value");
  return settings;
}

Json filters_of(const RepositorySettings& settings) {
  Json filters = Json::array();
  for (const auto& pattern : settings.exclusions) filters.push_back({{"filterType", "WILDCARD"}, {"filter", pattern}});
  return filters;
}

Json encryption_of(const RepositorySettings& settings, const Repository& repository) {
  Json encryption = {{"encryptionType", settings.encryption}};
  // ECR tells a key by its ARN; the account's own when none was named.
  if (settings.encryption != "AES256")
    encryption["kmsKey"] = settings.kms_key.starts_with("arn:")
                               ? settings.kms_key
                               : cat("arn:aws:kms:", repository.region, ":", repository.account,
                                     ":key/00000000-0000-4000-8000-000000000000");
  return encryption;
}

Json describe(const Repository& repository) {
  Json out = {{"repositoryArn", arn_of(repository)},
              {"registryId", repository.account},
              {"repositoryName", repository.name},
              {"repositoryUri", uri_of(repository)},
              {"createdAt", epoch_seconds(repository.created)},
              {"imageTagMutability", repository.settings.tag_mutability},
              {"imageScanningConfiguration", {{"scanOnPush", repository.settings.scan_on_push}}},
              {"encryptionConfiguration", encryption_of(repository.settings, repository)}};
  if (!repository.settings.exclusions.empty())
    out["imageTagMutabilityExclusionFilters"] = filters_of(repository.settings);
  return out;
}

class RepositoryOperations {
 public:
  explicit RepositoryOperations(Repositories& repositories) : repositories_(repositories) {}

  Json describe_repositories(const Json& input, const Caller& caller) const {
    const std::string account = registry_id(input, caller);
    return repositories_.with(account, caller.region, [&](auto& registry) {
      Json list = Json::array();
      if (input.contains("repositoryNames")) {
        for (const auto& name : texts_member(input, "repositoryNames")) {
          const auto found = registry.find(name);
          if (found == registry.end()) throw repository_not_found(name, account);
          list.push_back(describe(found->second));
        }
        return Json{{"repositories", list}};
      }
      std::vector<Json> all;
      for (const auto& [name, repository] : registry) all.push_back(describe(repository));
      return page(input, "repositories", std::move(all), 100, 1000);
    });
  }

  Json create_repository(const Json& input, const Caller& caller) const {
    const std::string name = repository_name(input);
    if (const auto id = registry_id(input, caller); id != caller.account)
      throw invalid("registryId", cat("The registry of '", id, "' is not the caller's"));
    const auto settings = settings_of(input, "tags", repositories_.immutable_tags());
    return repositories_.with_account(caller.account, caller.region, [&](auto& account) {
      if (account.repositories.contains(name))
        throw ApiFailure{
            "RepositoryAlreadyExistsException",
            cat("The repository with name '", name, "' already exists in the registry with id '", caller.account, "'")};
      return Json{{"repository", describe(repositories_.create(account, name, caller.now, settings))}};
    });
  }

  Json delete_repository(const Json& input, const Caller& caller) const {
    return with_repository(repositories_, input, caller, [&](auto& registry, Repository& repository) {
      if (!repository.manifests.empty() && !input.value("force", false))
        throw ApiFailure{"RepositoryNotEmptyException",
                         cat("The repository with name '", repository.name, "' in registry with id '",
                             repository.account, "' cannot be deleted because it still contains images")};
      Json gone = {{"repository", describe(repository)}};
      registry.erase(repository.name);
      return gone;
    });
  }

  Json list_tags(const Json& input, const Caller& caller) const {
    const auto arn = text_member(input, "resourceArn");
    return repositories_.with(caller.account, caller.region, [&](auto& registry) {
      for (const auto& [name, repository] : registry) {
        if (arn_of(repository) != arn) continue;
        Json tags = Json::array();
        for (const auto& [key, value] : repository.settings.tags) tags.push_back({{"Key", key}, {"Value", value}});
        return Json{{"tags", tags}};
      }
      throw repository_not_found(arn.substr(arn.find('/') + 1), caller.account);
    });
  }

  Json put_account_setting(const Json& input, const Caller& caller) const {
    const auto value = text_member(input, "value");
    check_setting(input);
    check_choice("value", value, {"ENABLED", "DISABLED"});
    repositories_.with_account(caller.account, caller.region,
                               [&](auto& account) { account.blob_mounting = value == "ENABLED"; });
    return {{"name", "BLOB_MOUNTING"}, {"value", value}};
  }

  Json account_setting(const Json& input, const Caller& caller) const {
    check_setting(input);
    return repositories_.with_account(caller.account, caller.region, [](auto& account) {
      return Json{{"name", "BLOB_MOUNTING"}, {"value", account.blob_mounting ? "ENABLED" : "DISABLED"}};
    });
  }

  Json create_template(const Json& input, const Caller& caller) const {
    const auto prefix = text_member(input, "prefix");
    const auto applied_for = texts_member(input, "appliedFor");
    if (prefix != "ROOT" && !is_repository_name(prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix))
      throw invalid("prefix", "must be a prefix of repository names, or ROOT");
    const auto settings = settings_of(input, "resourceTags", false);
    const bool is_for_pushes = std::find(applied_for.begin(), applied_for.end(), "CREATE_ON_PUSH") != applied_for.end();
    return repositories_.with_account(caller.account, caller.region, [&](auto& account) {
      if (account.templates.contains(prefix))
        throw ApiFailure{"TemplateAlreadyExistsException",
                         cat("The repository creation template with prefix '", prefix, "' already exists")};
      if (is_for_pushes) account.templates[prefix] = settings;
      return Json{{"registryId", caller.account},
                  {"repositoryCreationTemplate",
                   {{"prefix", prefix},
                    {"appliedFor", applied_for},
                    {"imageTagMutability", settings.tag_mutability},
                    {"createdAt", epoch_seconds(caller.now)}}}};
    });
  }

 private:
  static void check_setting(const Json& input) { check_choice("name", text_member(input, "name"), {"BLOB_MOUNTING"}); }

  Repositories& repositories_;
};

}  // namespace

Operations repository_operations(Repositories& repositories) {
  const auto all = std::make_shared<RepositoryOperations>(repositories);
  auto bound = [&](auto method) {
    return [all, method](const Json& input, const Caller& caller) { return (*all.*method)(input, caller); };
  };
  using Of = RepositoryOperations;
  return {{"DescribeRepositories", bound(&Of::describe_repositories)},
          {"CreateRepository", bound(&Of::create_repository)},
          {"DeleteRepository", bound(&Of::delete_repository)},
          {"ListTagsForResource", bound(&Of::list_tags)},
          {"PutAccountSetting", bound(&Of::put_account_setting)},
          {"GetAccountSetting", bound(&Of::account_setting)},
          {"CreateRepositoryCreationTemplate", bound(&Of::create_template)}};
}

}  // namespace lapstrake::sandbox
