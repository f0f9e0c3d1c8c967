// The content of the registries: tags and manifests in memory, blobs as files. Every registry (account and region) is
// separate; blobs belong to a repository, as in ECR.
#pragma once
#include <filesystem>
#include <lapstrake/sandbox/registry/logins.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapstrake::sandbox {

struct Manifest {
  std::string text, media_type;
  std::string subject, artifact_type;  // for the referrers API; empty when absent
  std::uint64_t image_size = 0;        // config and layers
  std::vector<std::string> blobs;      // digests of config and layers
  Time pushed;
};

// The settings of a repository, with ECR's values.
struct RepositorySettings {
  std::string tag_mutability = "MUTABLE";  // IMMUTABLE, and each with _WITH_EXCLUSION
  std::vector<std::string> exclusions = {};
  bool scan_on_push = false;
  std::string encryption = "AES256", kms_key = {};
  std::map<std::string, std::string> tags = {};

  // Whether `tag` cannot be overwritten.
  bool is_immutable(std::string_view tag) const;
};

struct Repository {
  std::string name, account, region;
  RepositorySettings settings;
  Time created;
  std::map<std::string, std::uint64_t> blobs;  // digest to size
  std::map<std::string, Manifest> manifests;   // by digest
  std::map<std::string, std::string> tags;     // to digests
};

class Repositories {
 public:
  Repositories(std::filesystem::path folder, bool immutable_tags);

  using Registry = std::map<std::string, Repository>;
  // One account's registry in one region.
  struct Account {
    std::string id, region;
    Registry repositories = {};
    bool blob_mounting = false;                                // the account setting BLOB_MOUNTING
    std::map<std::string, RepositorySettings> templates = {};  // for pushes to missing repositories, by prefix; or ROOT
  };
  // Runs `act` with an account, or with its repositories by name, under the lock.
  template <class Act>
  auto with_account(const std::string& account, const std::string& region, Act&& act) {
    const std::lock_guard lock(mutex_);
    return act(accounts_.try_emplace({account, region}, Account{account, region}).first->second);
  }
  template <class Act>
  auto with(const std::string& account, const std::string& region, Act&& act) {
    return with_account(account, region, [&](Account& of) { return act(of.repositories); });
  }

  // Call under with_account()'s lock. Creates a repository if it is missing; without settings, with the sandbox's.
  Repository& create(Account& account, const std::string& name, Time now,
                     std::optional<RepositorySettings> settings = std::nullopt) const;
  // The repository for a push; a missing one is created from the template with the longest prefix or if `create_any`.
  Repository* for_push(Account& account, const std::string& name, Time now, bool create_any) const;

  bool immutable_tags() const { return immutable_tags_; }
  std::filesystem::path blob_file(const std::string& digest) const;  // "sha256:..."
  std::filesystem::path upload_file(const std::string& id) const;

 private:
  std::filesystem::path folder_;
  bool immutable_tags_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Account> accounts_;
};

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* between slashes, 2 to 256 characters (botocore's ECR model).
bool is_repository_name(std::string_view name);
// "123456789012.dkr.ecr.eu-west-1.amazonaws.com/NAME", "arn:aws:ecr:...".
std::string uri_of(const Repository& repository);
std::string arn_of(const Repository& repository);
// "The repository with name 'R' does not exist in the registry with id 'A'"
std::string no_such_repository(const std::string& name, const std::string& account);

}  // namespace lapstrake::sandbox
