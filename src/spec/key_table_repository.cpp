// Keys of the settings of a repository.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Object settings() {
  return {.name = "repository_settings",
          .path = "images.NAME.repository_settings",
          .doc =
              "The settings of a repository that `push --create-repository` creates in Amazon ECR. An existing "
              "repository is never changed.",
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
                    "Whether an existing tag cannot be overwritten.",
                    "true",
                    "the registry's default, usually false",
                    {"immutable", "immutability", "image_tag_mutability", "imageTagMutability"}},
                   {"immutable_tags_except",
                    list(text(Format::tag_pattern)),
                    false,
                    "Tags with the opposite of `immutable_tags`, at most 5 patterns.",
                    "[latest, \"dev-*\"]",
                    "",
                    {"except", "exclusions", "imageTagMutabilityExclusionFilters"}},
                   {"scan_on_push",
                    boolean(),
                    false,
                    "Whether ECR scans each image when it is pushed.",
                    "true",
                    "false",
                    {"scan", "scanOnPush", "imageScanningConfiguration"}},
                   {"encryption",
                    either(choice({"AES256", "KMS", "KMS_DSSE"}), object("encryption")),
                    false,
                    "How the registry encrypts its images. It cannot be changed later.",
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
          .doc = "Encryption with a key. To set only the type, write `encryption: KMS`.",
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
                    "The key: its ARN, its id or alias/NAME.",
                    "alias/images",
                    "the account's default key for ECR",
                    {"key", "kmsKey", "kms_key_id"}}}};
}

}  // namespace

std::vector<Object> repository_objects() { return {settings(), encryption()}; }

}  // namespace lapstrake::spec
