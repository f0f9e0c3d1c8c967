#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/clock.hpp>
#include <lapstrake/sandbox/registry/manifests.hpp>

#include "ecr_input.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

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

  Json list_images(const Json& input, const Caller& caller) const {
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
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
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
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
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
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
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
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
    return with_repository(repositories_, input, caller, [&](auto&, Repository& repository) {
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
      if (const auto error = put_manifest(repository, manifest)) throw ApiFailure{error->exception, error->message};
      return Json{{"image", image(repository, digest, manifest.reference)}};
    });
  }

 private:
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

Operations ecr_operations(Repositories& repositories, RegistryLogins& logins, Uploads& uploads) {
  const auto ecr = std::make_shared<Ecr>(repositories, logins);
  auto bound = [&](auto method) {
    return [ecr, method](const Json& input, const Caller& caller) { return (*ecr.*method)(input, caller); };
  };
  Operations operations = {{"GetAuthorizationToken", bound(&Ecr::get_authorization_token)},
                           {"ListImages", bound(&Ecr::list_images)},
                           {"DescribeImages", bound(&Ecr::describe_images)},
                           {"BatchGetImage", bound(&Ecr::batch_get_image)},
                           {"BatchCheckLayerAvailability", bound(&Ecr::batch_check_layers)},
                           {"PutImage", bound(&Ecr::put_image)}};
  operations.merge(repository_operations(repositories));
  operations.merge(layer_operations(repositories, uploads));
  return operations;
}

Operations ecr_public_operations(RegistryLogins& logins) {
  return {{"GetAuthorizationToken", [&logins](const Json&, const Caller& caller) {
             const auto login = logins.issue(std::string(public_account), caller.now);
             return Json{{"authorizationData",
                          {{"authorizationToken", base64(as_bytes("AWS:" + login.password))},
                           {"expiresAt", epoch_seconds(login.expires)}}}};
           }}};
}

}  // namespace lapstrake::sandbox
