#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "to_project.hpp"

namespace lapstrake::spec {
namespace {

std::optional<bool> boolean_field(const Node& map, std::string_view key) {
  return text_node(map, key) == nullptr ? std::nullopt : std::optional(is_true(map, key));
}

std::optional<std::string> filled_field(const Node& map, std::string_view key) {
  auto text = text_field(map, key);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

void check(const Node& node, const RepositorySettings& settings, Findings& findings) {
  constexpr std::size_t most_patterns = 5;  // ECR's own
  if (const auto* except = node.find("immutable_tags_except"); except != nullptr) {
    if (node.find("immutable_tags") == nullptr)
      findings.error(except->where, "`immutable_tags_except` needs `immutable_tags`", "add `immutable_tags: true`");
    if (except->items.size() > most_patterns)
      findings.error(except->where, cat("`immutable_tags_except` has ", except->items.size(), " patterns"),
                     "ECR accepts at most 5");
  }
  if (settings.kms_key && settings.encryption == "AES256")
    findings.error(node.find("encryption")->find("kms_key")->where, "`kms_key` cannot be used with AES256",
                   "write `type: KMS`");
}

}  // namespace

std::optional<RepositorySettings> repository_settings(const Node& image, Findings& findings) {
  const auto* node = image.find("repository_settings");
  if (node == nullptr || node->kind != Node::Kind::map) return std::nullopt;
  RepositorySettings out;
  out.immutable_tags = boolean_field(*node, "immutable_tags");
  out.immutable_tags_except = texts_field(*node, "immutable_tags_except");
  out.scan_on_push = boolean_field(*node, "scan_on_push");
  const auto* encryption = node->find("encryption");
  const bool has_key = encryption != nullptr && encryption->kind == Node::Kind::map;
  out.encryption = has_key ? filled_field(*encryption, "type") : filled_field(*node, "encryption");
  if (has_key) out.kms_key = filled_field(*encryption, "kms_key");
  out.tags = pairs_field(*node, "tags");
  out.where = findings.spec().position(node->where);
  if (image.find("repository") == nullptr)
    findings.error(node->where, "`repository_settings` needs a `repository`",
                   "add one, for example `repository: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web`");
  check(*node, out, findings);
  return out;
}

}  // namespace lapstrake::spec
