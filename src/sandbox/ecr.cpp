#include "ecr.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "input.hpp"
#include "manifests.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

ApiFailure invalid(std::string_view parameter, std::string_view constraint) {
  return {"InvalidParameterException",
          cat("Invalid parameter at '", parameter, "' failed to satisfy constraint: '", constraint, "'")};
}

std::string repository_name(const Json& input) {
  const std::string name = text_member(input, "repositoryName");
  if (!is_repository_name(name))
    throw invalid("repositoryName",
                  "must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'");
  return name;
}

std::string registry_id(const Json& input, const Caller& caller) {
  const std::string id = text_member(input, "registryId");
  return id.empty() ? caller.account : id;
}

Json describe(const Repository& repository) {
  return {{"repositoryArn", arn_of(repository)},
          {"registryId", repository.account},
          {"repositoryName", repository.name},
          {"repositoryUri", uri_of(repository)},
          {"createdAt", epoch_seconds(repository.created)},
          {"imageTagMutability", repository.immutable ? "IMMUTABLE" : "MUTABLE"},
          {"imageScanningConfiguration", {{"scanOnPush", false}}},
          {"encryptionConfiguration", {{"encryptionType", "AES256"}}}};
}

Json tags_of(const Repository& repository, const std::string& digest) {
  Json tags = Json::array();
  for (const auto& [tag, target] : repository.tags)
    if (target == digest) tags.push_back(tag);
  return tags;
}

Json failure_of(const Json& id, std::string_view code, std::string_view why) {
  return {{"imageId", id}, {"failureCode", code}, {"failureReason", why}};
}

// The operations, each with the same shape, over one set of repositories.
class Ecr {
 public:
  Ecr(Repositories& repositories, RegistryLogins& logins) : repositories_(repositories), logins_(logins) {}

  Json get_authorization_token(const Json&, const Caller& caller) const {
    const auto login = logins_.issue(caller.region, caller.now);
    return {{"authorizationData",
             Json::array({{{"authorizationToken", base64(as_bytes("AWS:" + login.password))},
                           {"expiresAt", epoch_seconds(login.expires)},
                           {"proxyEndpoint", "https://" + registry_host(caller.account, caller.region)}}})}};
  }

  Json describe_repositories(const Json& input, const Caller& caller) const {
    const std::string account = registry_id(input, caller);
    return repositories_.with(account, caller.region, [&](auto& registry) {
      Json list = Json::array();
      if (input.contains("repositoryNames")) {
        for (const auto& name : texts_member(input, "repositoryNames")) {
          const auto found = registry.find(name);
          if (found == registry.end()) throw not_found(name, account);
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
    const std::string mutability = text_member(input, "imageTagMutability");
    if (!mutability.empty() && mutability != "MUTABLE" && mutability != "IMMUTABLE")
      throw invalid("imageTagMutability", "Member must satisfy enum value set: [MUTABLE, IMMUTABLE]");
    return repositories_.with(caller.account, caller.region, [&](auto& registry) {
      if (registry.contains(name))
        throw ApiFailure{
            "RepositoryAlreadyExistsException",
            cat("The repository with name '", name, "' already exists in the registry with id '", caller.account, "'")};
      const auto immutable = mutability.empty() ? std::nullopt : std::optional(mutability == "IMMUTABLE");
      return Json{{"repository", describe(repositories_.create(registry, caller.account, caller.region, name,
                                                               caller.now, immutable))}};
    });
  }

  Json delete_repository(const Json& input, const Caller& caller) const {
    return with_repository(input, caller, [&](auto& registry, Repository& repository) {
      if (!repository.manifests.empty() && !input.value("force", false))
        throw ApiFailure{"RepositoryNotEmptyException",
                         cat("The repository with name '", repository.name, "' in registry with id '",
                             repository.account, "' cannot be deleted because it still contains images")};
      Json gone = {{"repository", describe(repository)}};
      registry.erase(repository.name);
      return gone;
    });
  }

  Json list_images(const Json& input, const Caller& caller) const {
    return with_repository(input, caller, [&](auto&, Repository& repository) {
      std::vector<Json> ids;
      for (const auto& [digest, manifest] : repository.manifests) {
        const Json tags = tags_of(repository, digest);
        if (tags.empty()) ids.push_back({{"imageDigest", digest}});
        for (const auto& tag : tags) ids.push_back({{"imageDigest", digest}, {"imageTag", tag}});
      }
      return page(input, "imageIds", std::move(ids), 100, 1000);
    });
  }

  Json describe_images(const Json& input, const Caller& caller) const {
    return with_repository(input, caller, [&](auto&, Repository& repository) {
      std::vector<std::string> digests;
      for (const auto& id : input.value("imageIds", Json::array())) {
        digests.push_back(find(repository, id));
        if (digests.back().empty())
          throw ApiFailure{
              "ImageNotFoundException",
              cat("The image with imageId {imageDigest:'", id.value("imageDigest", "null"), "', imageTag:'",
                  id.value("imageTag", "null"), "'} does not exist within the repository with name '", repository.name,
                  "' in the registry with id '", repository.account, "'")};
      }
      if (!input.contains("imageIds"))
        for (const auto& [digest, manifest] : repository.manifests) digests.push_back(digest);
      std::vector<Json> details;
      for (const auto& digest : digests) details.push_back(describe_image(repository, digest));
      return page(input, "imageDetails", std::move(details), 100, 1000);
    });
  }

  Json batch_get_image(const Json& input, const Caller& caller) const {
    return with_repository(input, caller, [&](auto&, Repository& repository) {
      Json images = Json::array(), failures = Json::array();
      for (const auto& id : input.value("imageIds", Json::array())) {
        const std::string digest = find(repository, id);
        if (digest.empty()) {
          failures.push_back(failure_of(id, "ImageNotFound", "Requested image not found"));
          continue;
        }
        images.push_back(image(repository, digest, id.value("imageTag", "")));
      }
      return Json{{"images", images}, {"failures", failures}};
    });
  }

  Json batch_check_layers(const Json& input, const Caller& caller) const {
    return with_repository(input, caller, [&](auto&, Repository& repository) {
      Json layers = Json::array(), failures = Json::array();
      for (const auto& digest : texts_member(input, "layerDigests")) {
        const auto known = repository.blobs.find(digest);
        if (!oci::Digest::parse(digest))
          failures.push_back(
              {{"layerDigest", digest}, {"failureCode", "InvalidLayerDigest"}, {"failureReason", "Invalid digest"}});
        else if (known == repository.blobs.end())
          layers.push_back({{"layerDigest", digest}, {"layerAvailability", "UNAVAILABLE"}});
        else
          layers.push_back({{"layerDigest", digest}, {"layerAvailability", "AVAILABLE"}, {"layerSize", known->second}});
      }
      return Json{{"layers", layers}, {"failures", failures}};
    });
  }

  Json put_image(const Json& input, const Caller& caller) const {
    return with_repository(input, caller, [&](auto&, Repository& repository) {
      NewManifest manifest{.text = text_member(input, "imageManifest"),
                           .media_type = text_member(input, "imageManifestMediaType"),
                           .reference = text_member(input, "imageTag"),
                           .now = caller.now};
      if (manifest.media_type.empty()) manifest.media_type = stated_type(manifest.text);
      const std::string digest = oci::Digest::of(manifest.text).text(), claimed = text_member(input, "imageDigest");
      if (!claimed.empty() && claimed != digest)
        throw ApiFailure{"ImageDigestDoesNotMatchException", "The image digest does not match the manifest"};
      const bool had_it = repository.manifests.contains(digest);
      if (had_it && find_manifest(repository, manifest.reference) == digest)
        throw ApiFailure{"ImageAlreadyExistsException",
                         cat("Image with digest '", digest, "' and tag '", manifest.reference,
                             "' already exists in the repository with name '", repository.name,
                             "' in registry with id '", repository.account, "'")};
      if (const auto refusal = put_manifest(repository, manifest))
        throw ApiFailure{refusal->exception, refusal->message};
      return Json{{"image", image(repository, digest, manifest.reference)}};
    });
  }

 private:
  static ApiFailure not_found(const std::string& name, const std::string& account) {
    return {"RepositoryNotFoundException", no_such_repository(name, account)};
  }

  template <class Act>
  Json with_repository(const Json& input, const Caller& caller, Act&& act) const {
    const std::string name = repository_name(input), account = registry_id(input, caller);
    return repositories_.with(account, caller.region, [&](auto& registry) {
      const auto found = registry.find(name);
      if (found == registry.end()) throw not_found(name, account);
      return act(registry, found->second);
    });
  }

  // An imageId's digest; empty when it is not there, or when its tag and digest do not go together.
  static std::string find(const Repository& repository, const Json& id) {
    const std::string digest = text_member(id, "imageDigest"), tag = text_member(id, "imageTag");
    const std::string found = find_manifest(repository, tag.empty() ? digest : tag);
    return digest.empty() || digest == found ? found : std::string();
  }

  static Json image(const Repository& repository, const std::string& digest, const std::string& tag) {
    const auto& manifest = repository.manifests.at(digest);
    Json id = {{"imageDigest", digest}};
    if (!tag.empty()) id["imageTag"] = tag;
    return {{"registryId", repository.account},
            {"repositoryName", repository.name},
            {"imageId", id},
            {"imageManifest", manifest.text},
            {"imageManifestMediaType", manifest.media_type}};
  }

  static Json describe_image(const Repository& repository, const std::string& digest) {
    const auto& manifest = repository.manifests.at(digest);
    Json detail = {{"registryId", repository.account},
                   {"repositoryName", repository.name},
                   {"imageDigest", digest},
                   {"imageSizeInBytes", manifest.image_size},
                   {"imagePushedAt", epoch_seconds(manifest.pushed)},
                   {"imageManifestMediaType", manifest.media_type}};
    if (!manifest.artifact_type.empty()) detail["artifactMediaType"] = manifest.artifact_type;
    if (Json tags = tags_of(repository, digest); !tags.empty()) detail["imageTags"] = std::move(tags);
    return detail;
  }

  // The mediaType that a manifest states of itself.
  static std::string stated_type(const std::string& text) {
    const Json document = Json::parse(text, nullptr, false);
    return document.is_object() && document.contains("mediaType") && document["mediaType"].is_string()
               ? document["mediaType"].get<std::string>()
               : std::string();
  }

  Repositories& repositories_;
  RegistryLogins& logins_;
};

}  // namespace

Operations ecr_operations(Repositories& repositories, RegistryLogins& logins) {
  const auto ecr = std::make_shared<Ecr>(repositories, logins);
  auto bound = [&](auto method) {
    return [ecr, method](const Json& input, const Caller& caller) { return (*ecr.*method)(input, caller); };
  };
  return {{"GetAuthorizationToken", bound(&Ecr::get_authorization_token)},
          {"DescribeRepositories", bound(&Ecr::describe_repositories)},
          {"CreateRepository", bound(&Ecr::create_repository)},
          {"DeleteRepository", bound(&Ecr::delete_repository)},
          {"ListImages", bound(&Ecr::list_images)},
          {"DescribeImages", bound(&Ecr::describe_images)},
          {"BatchGetImage", bound(&Ecr::batch_get_image)},
          {"BatchCheckLayerAvailability", bound(&Ecr::batch_check_layers)},
          {"PutImage", bound(&Ecr::put_image)}};
}

}  // namespace lapstrake::sandbox
