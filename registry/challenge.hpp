// Challenges of a registry: parses WWW-Authenticate (RFC 9110 11.6.1: several challenges in a field, several fields,
// quoted strings with escapes), and decides which token server (realm) may receive the registry's login. Published
// credential leaks were caused by clients that broke this rule.
#pragma once
#include <functional>
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/url.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::registry {

struct Challenge {
  std::string scheme;                                    // lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;         // names in lower case; the first of a name counts
  std::string parameter(const std::string& name) const;  // empty when absent
};

// Stops at the first invalid challenge; never throws for bad input.
std::vector<Challenge> parse_challenges(std::string_view field);
std::vector<Challenge> challenges_of(const http::Headers& headers);

using TrustedRealm = std::function<bool(const std::string& host, const http::Url& realm)>;

// Parses the `realm` that the registry `host`, at `origin`, sent. Error{access} that names both, when the realm
//   - is not a URL, or has a user name;
//   - is not https, unless the registry itself is used without TLS and the realm has the same origin or is `trusted`;
//   - with a login: is neither the registry's own origin, nor port 443 of its host, nor a known pair (docker.io's and
//   so on, or `trusted`);
//   - without a login: is a private address literal, and the registry, connected at `peer`, is not private.
http::Url checked_realm(std::string_view realm, const http::Url& origin, const std::string& host, bool has_login,
                        const TrustedRealm& trusted, std::optional<http::AddressKind> peer = std::nullopt);

// docker.io and auth.docker.io, and so on.
bool is_known_pair(const std::string& host, const http::Url& realm);

}  // namespace lapstrake::registry
