#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

#include "members.hpp"

namespace lapstrake::oci {
namespace {

// One list for both kinds: CVE-2021-41190 is a text that is a manifest to one reader and an index to another.
Members document_members(const Json& object, std::string_view what) {
  return {object,
          std::string(what),
          {"schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations"}};
}

void check_document(const Members& members, std::string_view media_type) {
  const Json& version = members.need("schemaVersion");
  if (!version.is_number_unsigned() || version.get<std::uint64_t>() != 2)
    members.fail("has a `schemaVersion` other than 2");
  if (members.has("manifests") && (members.has("layers") || members.has("config")))
    members.fail("is ambiguous: it has both `manifests` and `layers` or `config`");
  if (!members.has("mediaType")) return;
  if (const std::string own = members.needed_text("mediaType"); own != media_type)
    members.fail(cat("has the media type `", printable(own, 120), "` instead of `", printable(media_type, 120), "`"));
}

}  // namespace

Manifest parse_manifest(std::string_view json, std::string_view media_type, std::string_view what) {
  if (!is_manifest(media_type))
    throw Error(ErrorKind::integrity, cat(what, " has the type `", printable(media_type, 120),
                                          "`, which is not a supported type of image manifests"));
  const Json object = parse_json(json, what);
  const Members members = document_members(object, what);
  check_document(members, media_type);
  Manifest manifest{.media_type = std::string(media_type),
                    .artifact_type = members.text("artifactType"),
                    .config = parse_descriptor(members.need("config"), cat("the config in ", what)),
                    .annotations = members.text_map("annotations")};
  // An artifact is not unpacked: its layers are single files, and there may be one for each package of a project.
  const auto most_layers = is_config(manifest.config.media_type) ? limits::layers : limits::visited_manifests;
  for (const Json& layer : members.needed_list("layers", most_layers))
    manifest.layers.push_back(parse_descriptor(layer, cat("layer ", manifest.layers.size() + 1, " in ", what)));
  if (const Json* subject = members.find("subject"))
    manifest.subject = parse_descriptor(*subject, cat("the subject in ", what));
  return manifest;
}

Index parse_index(std::string_view json, std::string_view media_type, std::string_view what) {
  if (!is_index(media_type))
    throw Error(ErrorKind::integrity, cat(what, " has the type `", printable(media_type, 120),
                                          "`, which is not a supported type of image indexes"));
  const Json object = parse_json(json, what);
  const Members members = document_members(object, what);
  check_document(members, media_type);
  if (members.has("layers") || members.has("config")) members.fail("is a manifest but was given as an index");
  Index index{.media_type = std::string(media_type), .annotations = members.text_map("annotations")};
  for (const Json& child : members.needed_list("manifests", limits::json_values))
    index.manifests.push_back(parse_descriptor(child, cat("manifest ", index.manifests.size() + 1, " in ", what)));
  return index;
}

std::string render(const Manifest& manifest) {
  OrderedJson out{{"schemaVersion", 2}, {"mediaType", manifest.media_type}};
  if (!manifest.artifact_type.empty()) out["artifactType"] = manifest.artifact_type;
  out["config"] = to_json(manifest.config);
  out["layers"] = OrderedJson::array();
  for (const auto& layer : manifest.layers) out["layers"].push_back(to_json(layer));
  if (manifest.subject) out["subject"] = to_json(*manifest.subject);
  if (!manifest.annotations.empty()) out["annotations"] = manifest.annotations;
  return dump(out, "the image's manifest");
}

std::string render(const Index& index) {
  OrderedJson out{{"schemaVersion", 2}, {"mediaType", index.media_type}, {"manifests", OrderedJson::array()}};
  for (const auto& child : index.manifests) out["manifests"].push_back(to_json(child));
  if (!index.annotations.empty()) out["annotations"] = index.annotations;
  return dump(out, "the image's index");
}

Descriptor descriptor_of(std::string_view text, std::string_view media_type) {
  return {.media_type = std::string(media_type), .digest = Digest::of(text), .size = text.size()};
}

}  // namespace lapstrake::oci
