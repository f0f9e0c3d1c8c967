// Whether things that a task definition names exist: secrets, parameters, log groups, repositories.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

// Where `valueFrom` of a secret points (Amazon ECS Developer Guide, "Specifying sensitive data"): the ARN of a secret
// with optional fields `:json-key:stage:version`, the ARN of a parameter, or a parameter's name.
struct SecretSource {
  enum class Kind { secret, parameter } kind = Kind::parameter;
  std::string id;      // the ARN without the optional fields, or the name
  std::string region;  // of the ARN; empty for a name
};
SecretSource secret_source(const std::string& value_from);

// The version that a secret has now: the number of a parameter, the id of a secret's version. Nothing when it does not
// exist. The value itself is not read.
std::optional<std::string> secret_version(const Session& session, const SecretSource& source);

bool has_log_group(const Session& session, const std::string& name, const std::string& region);

// The lifecycle policy of an ECR repository, a JSON text; empty without one; nothing when the repository is missing.
std::optional<std::string> lifecycle_policy(const Session& session, const std::string& repository);

}  // namespace lapstrake::aws
