// Repositories of Amazon ECR: finds, creates and compares them.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

// Settings of a new repository, in ECR's own terms; for missing ones ECR's defaults apply.
struct EcrSettings {
  std::optional<std::string> tag_mutability = {};       // "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", ...
  std::vector<std::string> mutability_exclusions = {};  // "dev-*"
  std::optional<bool> scan_on_push = {};
  std::optional<std::string> encryption = {};  // "AES256", "KMS", "KMS_DSSE"
  std::optional<std::string> kms_key = {};     // an ARN, an id or "alias/NAME"
  std::map<std::string, std::string> tags = {};
};
struct EcrRepository {
  std::string arn;
  EcrSettings settings;  // without its tags
};
// Nothing when the repository does not exist; other failures throw.
std::optional<EcrRepository> find_repository(const Session& session, const std::string& account,
                                             const std::string& repository);
struct CreatedRepository {
  EcrRepository repository;
  bool is_new = false;  // false: it existed already, and is unchanged
};
// When the registry of `account` denies access, the error names the account of the caller.
CreatedRepository create_repository(const Session& session, const std::string& account, const std::string& repository,
                                    const EcrSettings& settings = {});
// "its tag mutability is MUTABLE, not IMMUTABLE": the wanted settings that differ. Keys are compared when both are
// ARNs of keys.
std::vector<std::string> differences(const EcrSettings& wanted, const EcrSettings& found);

}  // namespace lapstrake::aws
