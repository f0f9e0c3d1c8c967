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
// ECR Public's, which stands in us-east-1 alone, whatever the session's region.
EcrLogin ecr_public_login(const Session& session);

// What a repository is created with, in ECR's own words; what is absent is left to ECR.
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
// Nothing when there is none; other failures throw.
std::optional<EcrRepository> find_repository(const Session& session, const std::string& account,
                                             const std::string& repository);
struct CreatedRepository {
  EcrRepository repository;
  bool is_new = false;  // false: it was there already, and stays as it is
};
// When the registry of `account` is closed to the caller, the error says whose account the caller is.
CreatedRepository create_repository(const Session& session, const std::string& account, const std::string& repository,
                                    const EcrSettings& settings = {});
// "its tag mutability is MUTABLE, not IMMUTABLE": what was wanted and is otherwise. A key is compared when both are
// ARNs of keys.
std::vector<std::string> differences(const EcrSettings& wanted, const EcrSettings& found);

// A blob in a file.
struct LayerFile {
  std::string digest;  // "sha256:..."
  std::uint64_t size = 0;
  std::filesystem::path path;
};
// Sends a layer by ECR's own API: InitiateLayerUpload, UploadLayerPart with parts of the size that ECR asks for (5 to
// 20 MiB), CompleteLayerUpload. Each part is retried by itself, so that a large layer comes through a bad link; an
// upload that ECR forgot is begun anew, three times at most. A layer that ECR has already is success. Holds one part
// at a time. `progress` is told bytes of the layer. Error{integrity}, before the last part is sent, when the file is
// not the blob.
void upload_layer(const Session& session, const std::string& account, const std::string& repository,
                  const LayerFile& layer, const std::function<void(std::uint64_t sent)>& progress);

}  // namespace lapstrake::aws
