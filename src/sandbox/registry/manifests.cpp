#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/registry/manifests.hpp>

#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_manifest_bytes = 4'194'304;  // botocore's ECR model, ImageManifest

ErrorResponse invalid_parameter(std::string_view constraint) {
  return {405, "UNSUPPORTED",
          cat("Invalid parameter at 'ImageManifest' failed to satisfy constraint: '", constraint, "'"),
          "InvalidParameterException"};
}

struct Parts {
  std::vector<std::string> blobs, children;
  std::uint64_t size = 0;
  std::string subject, artifact_type;
};

// Throws nlohmann's exceptions for members that are missing or of another kind.
std::string digest_of(const Json& descriptor) {
  auto text = descriptor.at("digest").get<std::string>();
  if (!oci::Digest::parse(text)) throw Error(ErrorKind::integrity, "not a digest");
  return text;
}

Parts parts_of(const Json& document) {
  Parts parts;
  auto take = [&](const Json& descriptor) {
    parts.blobs.push_back(digest_of(descriptor));
    parts.size += descriptor.at("size").get<std::uint64_t>();
  };
  if (document.contains("config")) {
    take(document.at("config"));
    parts.artifact_type = document.at("config").value("mediaType", "");
    for (const auto& layer : document.at("layers")) take(layer);
  }
  if (document.contains("manifests"))
    for (const auto& child : document.at("manifests")) parts.children.push_back(digest_of(child));
  if (document.contains("subject")) parts.subject = digest_of(document.at("subject"));
  parts.artifact_type = document.value("artifactType", parts.artifact_type);
  return parts;
}

std::optional<ErrorResponse> missing(const Repository& repository, const Parts& parts) {
  std::vector<std::string> layers, images;
  for (const auto& digest : parts.blobs)
    if (!repository.blobs.contains(digest)) layers.push_back(digest);
  for (const auto& digest : parts.children)
    if (!repository.manifests.contains(digest)) images.push_back(digest);
  if (layers.empty() && images.empty()) return std::nullopt;
  const bool of_layers = images.empty();
  return ErrorResponse{400, "MANIFEST_BLOB_UNKNOWN",
                       cat(of_layers ? "Layers" : "Images", " with digests '[", join(of_layers ? layers : images, ", "),
                           "]' required for pushing image into repository with name '", repository.name,
                           "' in the registry with id '", repository.account, "' do not exist"),
                       of_layers ? "LayersNotFoundException" : "ReferencedImagesNotFoundException"};
}

std::optional<ErrorResponse> wrong_children(const Repository& repository, const Parts& parts) {
  if (parts.children.empty()) return invalid_parameter("Image index must have at least one manifest");
  for (const auto& digest : parts.children)
    if (const auto child = repository.manifests.find(digest);
        child != repository.manifests.end() && oci::is_index(child->second.media_type))
      return invalid_parameter("Nested image index is not supported");
  return std::nullopt;
}

// What the body has to be: JSON of the media type that the request names.
std::optional<ErrorResponse> read_parts(const NewManifest& manifest, Parts& parts) {
  const bool is_index = oci::is_index(manifest.media_type);
  if (manifest.text.size() > most_manifest_bytes)
    return invalid_parameter("Member must have length less than or equal to 4194304");
  if (!is_index && !oci::is_manifest(manifest.media_type)) return invalid_parameter("Unsupported media type");
  try {
    const Json document = parse_json(manifest.text, "the manifest");
    if (document.at("schemaVersion") != 2 || document.contains("manifests") != is_index ||
        document.value("mediaType", manifest.media_type) != manifest.media_type)
      return invalid_parameter("Manifest does not have the media type of its request");
    parts = parts_of(document);
  } catch (const std::exception&) {
    return invalid_parameter("Invalid JSON syntax");
  }
  return std::nullopt;
}

std::optional<ErrorResponse> tag_error(const Repository& repository, const std::string& tag) {
  if (!is_tag(tag))
    return ErrorResponse{400, "TAG_INVALID", cat("Invalid tag '", tag, "'"), "InvalidParameterException"};
  if (!repository.settings.is_immutable(tag) || !repository.tags.contains(tag)) return std::nullopt;
  return ErrorResponse{400, "TAG_INVALID",
                       cat("The image tag '", tag, "' already exists in the '", repository.name,
                           "' repository and cannot be overwritten because the repository is immutable."),
                       "ImageTagAlreadyExistsException"};
}

}  // namespace

std::optional<ErrorResponse> put_manifest(Repository& repository, const NewManifest& manifest) {
  Parts parts;
  if (auto error = read_parts(manifest, parts)) return error;
  const std::string digest = oci::Digest::of(manifest.text).text();
  const bool by_digest = manifest.reference.find(':') != std::string::npos;
  if (by_digest && manifest.reference != digest)
    return ErrorResponse{400, "DIGEST_INVALID", cat("The provided digest is not that of the manifest, ", digest),
                         "ImageDigestDoesNotMatchException"};
  if (!by_digest && !manifest.reference.empty())
    if (auto error = tag_error(repository, manifest.reference)) return error;
  if (oci::is_index(manifest.media_type))
    if (auto error = wrong_children(repository, parts)) return error;
  if (auto error = missing(repository, parts)) return error;
  for (const auto& child : parts.children) parts.size += repository.manifests.at(child).image_size;
  repository.manifests.try_emplace(digest, Manifest{.text = manifest.text,
                                                    .media_type = manifest.media_type,
                                                    .subject = parts.subject,
                                                    .artifact_type = parts.artifact_type,
                                                    .image_size = parts.size,
                                                    .blobs = std::move(parts.blobs),
                                                    .pushed = manifest.now});
  if (!by_digest && !manifest.reference.empty()) repository.tags[manifest.reference] = digest;
  return std::nullopt;
}

std::string find_manifest(const Repository& repository, const std::string& reference) {
  if (repository.manifests.contains(reference)) return reference;
  const auto tag = repository.tags.find(reference);
  return tag == repository.tags.end() ? std::string() : tag->second;
}

bool is_tag(std::string_view text) {
  constexpr std::string_view first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  return !text.empty() && text.size() <= 128 && first.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(cat(first, ".-")) == std::string_view::npos;
}

std::optional<std::string> digest_of_image(Repositories& repositories, const std::string& image) {
  const auto slash = image.find('/'), colon = image.find(':', slash == std::string::npos ? image.size() : slash);
  const auto host = parse_aws_host(image.substr(0, slash));
  if (slash == std::string::npos || !host || host->kind != AwsHost::Kind::registry) return std::nullopt;
  const auto name = image.substr(slash + 1, colon == std::string::npos ? colon : colon - slash - 1);
  const auto tag = colon == std::string::npos ? "latest" : image.substr(colon + 1);
  const auto digest = repositories.with(host->account, host->region, [&](auto& registry) {
    const auto found = registry.find(name);
    return found == registry.end() ? std::string() : find_manifest(found->second, tag);
  });
  return digest.empty() ? std::nullopt : std::optional(digest);
}

}  // namespace lapstrake::sandbox
