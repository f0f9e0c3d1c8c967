#include <lapstrake/base/text.hpp>

#include "fields.hpp"
#include "to_project.hpp"

namespace lapstrake::spec {
namespace {

std::optional<std::filesystem::path> file(const Node& node, std::string_view key, const std::filesystem::path& folder) {
  const auto* text = text_node(node, key);
  if (text == nullptr) return std::nullopt;
  return (folder / text->text).lexically_normal();
}

// Hosts that are spoken to in the clear without `insecure`: loopback ones.
bool is_loopback(std::string_view host) {
  const auto name = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") || name == "[::1]";
}

// A login goes in the clear only where the registry is spoken to in the clear.
void check_token_server(const Member& registry, Findings& findings) {
  const auto* server = text_node(registry.value, "token_server");
  if (server == nullptr || !server->text.starts_with("http://")) return;
  if (is_true(registry.value, "insecure") || is_loopback(lower(registry.key))) return;
  findings.error(server->where, "`token_server` uses plain HTTP, but the registry uses HTTPS",
                 cat("write `https", printable(server->text.substr(4), 200),
                     "`, or set `insecure: true` to use plain HTTP for both"));
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
      findings.error(only->where, "`mirrors_only` needs `mirrors`", "add `mirrors: [HOST/PATH]`");
    check_token_server(member, findings);
    for (const auto& [one, other] : {std::pair("cert", "key"), std::pair("key", "cert")})
      if (const auto* given = node.member(one); given != nullptr && node.find(other) == nullptr)
        findings.error(given->where, cat("`", one, "` needs `", other, "`"), "a client certificate needs both");
  }
  return out;
}

}  // namespace lapstrake::spec
