// Where a registry's secrets may go for a token: the rule that every leak of the last years broke.
#pragma once
#include <functional>
#include <lapstrake/http/url.hpp>
#include <string>
#include <string_view>

namespace lapstrake::registry {

using TrustedRealm = std::function<bool(const std::string& host, const http::Url& realm)>;

// Parses `realm`, which the registry `host`, spoken to at `origin`, named. Error{access} naming the pair:
//   - it is not an address, or has a user name;
//   - it is not https, unless it is on the registry's own host, which is itself spoken to without TLS;
//   - with a login: its host is neither the registry's own nor one of a known pair (docker.io's and so on, or
//   `trusted`).
http::Url checked_realm(std::string_view realm, const http::Url& origin, const std::string& host, bool has_login,
                        const TrustedRealm& trusted);

}  // namespace lapstrake::registry
