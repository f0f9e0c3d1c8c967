#include "realm.hpp"

#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <utility>

#include "untrusted_address.hpp"

namespace lapstrake::registry {
namespace {

// The public registries whose token server has another host (devcontainers/cli#1278, oras-dotnet#401).
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known_pairs{{
    {"docker.io", "auth.docker.io"},
    {"registry-1.docker.io", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"},
    {"nvcr.io", "authn.nvidia.com"},
}};

// A registry at another port of the token server's host: GitLab's default. Port 443 belongs to the owner of the host;
// other ports may belong to any user.
bool is_main_port(const http::Url& realm, const http::Url& origin) {
  return realm.host == origin.host && realm.port == 443 && origin.scheme == "https";
}

// As users write it: without the default port.
std::string origin_as_written(const http::Url& url) { return cat(url.scheme, "://", url.authority()); }

[[noreturn]] void refuse(const std::string& host, std::string_view realm, std::string_view why, std::string cure = {}) {
  if (cure.empty())
    cure = cat("no login was sent; check the registry's address, or log out (`docker logout ", host,
               "`) to continue without a login");
  throw Error(ErrorKind::access,
              cat("`", host, "` requests that its login be sent to `", printable(realm, 256), "`: ", why),
              std::move(cure));
}

}  // namespace

bool is_known_pair(const std::string& host, const http::Url& realm) {
  for (const auto& [registry, token_server] : known_pairs)
    if (host == registry && realm.host == token_server && realm.port == 443) return true;
  return false;
}

http::Url checked_realm(std::string_view realm, const http::Url& origin, const std::string& host, bool has_login,
                        const TrustedRealm& trusted, std::optional<http::AddressKind> peer) {
  http::Url url;
  try {
    url = http::parse_url(realm);
  } catch (const Error&) {
    refuse(host, realm.find('@') == realm.npos ? realm.substr(0, realm.find('?')) : "(URL with a user name)",
           "this is not a valid URL for logins");
  }
  const bool own = url.origin() == origin.origin();
  const bool is_pair = trusted && trusted(host, url);
  if (url.scheme != "https" && !(origin.scheme == "http" && (own || is_pair)))
    refuse(host, url.origin(), "this connection is not encrypted");
  if (own || is_pair) return url;
  if (has_login && !is_main_port(url, origin) && !is_known_pair(host, url))
    refuse(host, url.origin(), "this is a different server that is not trusted for this registry",
           cat("no login was sent; if this token server is right, add `registries: { \"", host,
               "\": { token_server: ", origin_as_written(url), " } }`"));
  if (!has_login) check_address_literal(url, max_kind_named_by(origin, peer, http::AddressKind::global), host);
  return url;
}

}  // namespace lapstrake::registry
