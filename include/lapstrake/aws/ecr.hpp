// The API of Amazon ECR: logins, repositories, and uploads of layers in parts.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/ecr_host.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct EcrLogin {
  std::string username, password;  // "AWS", a token of any length
  std::chrono::system_clock::time_point expires;
};
EcrLogin ecr_login(const Session& session);  // GetAuthorizationToken
// The login of ECR Public, which exists only in us-east-1, whatever the session's region.
EcrLogin ecr_public_login(const Session& session);

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

// A blob in a file.
struct LayerFile {
  std::string digest;  // "sha256:..."
  std::uint64_t size = 0;
  std::filesystem::path path;
};
// Sends a layer by ECR's own API: InitiateLayerUpload, UploadLayerPart with parts of the size that ECR asks for (5 to
// 20 MiB), CompleteLayerUpload. Each part is retried separately, so that a large layer gets through a bad link; an
// upload that ECR lost is restarted, at most three times in all. A layer that ECR has already is success. Holds one
// part in memory. `progress` gets the sent bytes of the layer. Error{integrity}, before the last part is sent, when
// the file does not match the digest.
void upload_layer(const Session& session, const std::string& account, const std::string& repository,
                  const LayerFile& layer, const std::function<void(std::uint64_t sent)>& progress);

}  // namespace lapstrake::aws
