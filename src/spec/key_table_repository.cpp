// What a repository is made with.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Object settings() {
  return {.name = "repository_settings",
          .path = "images.NAME.repository_settings",
          .doc =
              "What `push --create-repository` makes the repository with, at Amazon ECR. One that is there already is "
              "never changed.",
          .example = R"(images:
  web:
    repository: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web
    tags: [v1.0.0]
    repository_settings:
      immutable_tags: true
      immutable_tags_except: [latest, "dev-*"]
      scan_on_push: true
      encryption: { type: KMS, kms_key: alias/images }
      tags: { team: web }
    layers: [ { name: app, copy: [ { from: public/, to: /www/ } ] } ]
)",
          .keys = {{"immutable_tags",
                    boolean(),
                    false,
                    "Whether a tag, once it is set, stays.",
                    "true",
                    "the registry's own, most often false",
                    {"immutable", "immutability", "image_tag_mutability", "imageTagMutability"}},
                   {"immutable_tags_except",
                    list(text(Format::tag_pattern)),
                    false,
                    "Tags for which the opposite of `immutable_tags` holds, 5 patterns at most.",
                    "[latest, \"dev-*\"]",
                    "",
                    {"except", "exclusions", "imageTagMutabilityExclusionFilters"}},
                   {"scan_on_push",
                    boolean(),
                    false,
                    "Whether each image is scanned as it comes in.",
                    "true",
                    "false",
                    {"scan", "scanOnPush", "imageScanningConfiguration"}},
                   {"encryption",
                    either(choice({"AES256", "KMS", "KMS_DSSE"}), object("encryption")),
                    false,
                    "How the registry encrypts what it stores. It cannot be changed later.",
                    "KMS",
                    "AES256",
                    {"encryption_type", "encryptionConfiguration"}},
                   {"tags",
                    mapping(Format::some, text()),
                    false,
                    "AWS tags of the repository itself.",
                    "{ team: web }",
                    "",
                    {"labels", "resource_tags"}}}};
}

Object encryption() {
  return {.name = "encryption",
          .path = "images.NAME.repository_settings.encryption",
          .doc = "Encryption with a key. A type alone may stand as text: `encryption: KMS`.",
          .example = "",
          .keys = {{"type",
                    choice({"AES256", "KMS", "KMS_DSSE"}),
                    true,
                    "The kind of encryption.",
                    "KMS",
                    "",
                    {"encryption_type", "encryptionType"}},
                   {"kms_key",
                    text(Format::some),
                    false,
                    "The key, by its ARN, its id or alias/NAME.",
                    "alias/images",
                    "the account's own key for ECR",
                    {"key", "kmsKey", "kms_key_id"}}}};
}

}  // namespace

std::vector<Object> repository_objects() { return {settings(), encryption()}; }

}  // namespace lapstrake::spec
