// Where a registry's secrets may go for a token: the rule that every leak of the last years broke.
#pragma once
#include <functional>
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::registry {

using TrustedRealm = std::function<bool(const std::string& host, const http::Url& realm)>;

// Parses `realm`, which the registry `host`, spoken to at `origin`, named. Error{access} naming the pair:
//   - it is not an address, or has a user name;
//   - it is not https, unless the registry is itself spoken to without TLS, and it is the same origin or a `trusted`
//   pair;
//   - with a login: it is neither the registry's own origin, nor port 443 of its host, nor one of a known pair
//   (docker.io's and so on, or `trusted`);
//   - without a login: it is a private address, and the registry, which was met at `peer`, is at none.
http::Url checked_realm(std::string_view realm, const http::Url& origin, const std::string& host, bool has_login,
                        const TrustedRealm& trusted, std::optional<http::AddressKind> peer = std::nullopt);

// docker.io and auth.docker.io, and so on.
bool is_known_pair(const std::string& host, const http::Url& realm);

}  // namespace lapstrake::registry
