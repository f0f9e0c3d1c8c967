#include <lapstrake/base/text.hpp>

#include "build.hpp"
#include "fields.hpp"

namespace lapstrake::spec {
namespace {

std::optional<std::filesystem::path> file(const Node& node, std::string_view key, const std::filesystem::path& folder) {
  const auto* text = text_node(node, key);
  if (text == nullptr) return std::nullopt;
  return (folder / text->text).lexically_normal();
}

}  // namespace

std::map<std::string, RegistrySettings> registries(const Node& document, const std::filesystem::path& folder,
                                                   Findings& findings) {
  std::map<std::string, RegistrySettings> out;
  for (const auto& member : members_of(document, "registries")) {
    const auto& node = member.value;
    out[lower(member.key)] = {.ca = file(node, "ca", folder),
                              .client_certificate = file(node, "cert", folder),
                              .client_key = file(node, "key", folder),
                              .insecure = is_true(node, "insecure"),
                              .token_server = text_field(node, "token_server"),
                              .mirrors = texts_field(node, "mirrors"),
                              .mirrors_only = is_true(node, "mirrors_only")};
    if (const auto* only = node.member("mirrors_only");
        only != nullptr && is_true(node, "mirrors_only") && items_of(node, "mirrors").empty())
      findings.error(only->where, "`mirrors_only` stands without `mirrors`", "name one: `mirrors: [HOST/PATH]`");
    for (const auto& [one, other] : {std::pair("cert", "key"), std::pair("key", "cert")})
      if (const auto* given = node.member(one); given != nullptr && node.find(other) == nullptr)
        findings.error(given->where, cat("`", one, "` stands without `", other, "`"),
                       "a client certificate needs both");
  }
  return out;
}

}  // namespace lapstrake::spec
