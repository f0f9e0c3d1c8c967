#include "realm.hpp"

#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <utility>

namespace lapstrake::registry {
namespace {

// The three public registries that log in elsewhere (devcontainers/cli#1278, oras-dotnet#401).
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known_pairs{{
    {"docker.io", "auth.docker.io"},
    {"registry-1.docker.io", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"},
    {"nvcr.io", "authn.nvidia.com"},
}};

bool is_known_pair(const std::string& host, const http::Url& realm) {
  for (const auto& [registry, token_server] : known_pairs)
    if (host == registry && realm.host == token_server && realm.port == 443) return true;
  return false;
}

[[noreturn]] void refuse(const std::string& host, std::string_view realm, std::string_view why) {
  throw Error(Fault::access, cat("`", host, "` asks for its logins to be sent to `", printable(realm, 256), "`: ", why),
              cat("no login was sent; check the registry's address, or log out (`docker logout ", host,
                  "`) to go on without a login"));
}

}  // namespace

http::Url checked_realm(std::string_view realm, const http::Url& origin, const std::string& host, bool has_login,
                        const TrustedRealm& trusted) {
  http::Url url;
  try {
    url = http::parse_url(realm);
  } catch (const Error&) {
    refuse(host, realm.find('@') == realm.npos ? realm.substr(0, realm.find('?')) : "(an address with a user name)",
           "this is not an address for logins");
  }
  const bool own = url.host == origin.host;
  if (url.scheme != "https" && !(own && origin.scheme == "http"))
    refuse(host, url.origin(), "this connection is not secret");
  if (has_login && !own && !is_known_pair(host, url) && !(trusted && trusted(host, url)))
    refuse(host, url.origin(), "this is another host, and the pair is not a known one");
  return url;
}

}  // namespace lapstrake::registry
