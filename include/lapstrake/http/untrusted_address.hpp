// Limits for addresses that a server names: redirects, upload locations, token servers (SSRF guard).
#pragma once
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>
#include <optional>
#include <string>

namespace lapstrake::http {

// The most local kind of address that `server` may name: at least `usual`, and as local as the server itself (as an
// address literal, or `peer` in a private network). Never a metadata service. `usual` is private_network for redirects
// of reads: registries in private networks that are named by DNS redirect to storage that they name by address. Such a
// read carries no secret, and its content is verified against a digest.
AddressKind max_kind_named_by(const Url& server, std::optional<AddressKind> peer, AddressKind usual);

// Error{access} when `url`, named by the server `host`, has an address literal more local than `max_address_kind`.
void check_address_literal(const Url& url, AddressKind max_address_kind, const std::string& host);

}  // namespace lapstrake::http
