// What the registries hold: repositories with their tags and manifests in memory, blobs as files. Every registry
// (account and region) is a world of its own; blobs belong to a repository, as in ECR.
#pragma once
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "logins.hpp"

namespace lapstrake::sandbox {

struct Manifest {
  std::string text, media_type;
  std::string subject, artifact_type;  // for the referrers API; empty when absent
  std::uint64_t image_size = 0;        // config and layers
  Time pushed;
};

struct Repository {
  std::string name, account, region;
  bool immutable = false;
  Time created;
  std::map<std::string, std::uint64_t> blobs;  // digest to size
  std::map<std::string, Manifest> manifests;   // by digest
  std::map<std::string, std::string> tags;     // to digests
};

class Repositories {
 public:
  Repositories(std::filesystem::path folder, bool immutable_tags);

  // Runs `act` with the repositories of one registry, by name, under the lock.
  using Registry = std::map<std::string, Repository>;
  template <class Act>
  auto with(const std::string& account, const std::string& region, Act&& act) {
    const std::lock_guard lock(mutex_);
    return act(registries_[{account, region}]);
  }

  // Makes it if it is not there yet; under with()'s lock. `immutable`: the sandbox's own setting when absent.
  Repository& create(Registry& registry, const std::string& account, const std::string& region, const std::string& name,
                     Time now, std::optional<bool> immutable = std::nullopt) const;

  std::filesystem::path blob_file(const std::string& digest) const;  // "sha256:..."
  std::filesystem::path upload_file(const std::string& id) const;

 private:
  std::filesystem::path folder_;
  bool immutable_tags_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Registry> registries_;
};

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* between slashes, 2 to 256 characters (botocore's ECR model).
bool is_repository_name(std::string_view name);
// "123456789012.dkr.ecr.eu-west-1.amazonaws.com/NAME", "arn:aws:ecr:...".
std::string uri_of(const Repository& repository);
std::string arn_of(const Repository& repository);
// "The repository with name 'R' does not exist in the registry with id 'A'"
std::string no_such_repository(const std::string& name, const std::string& account);

}  // namespace lapstrake::sandbox
