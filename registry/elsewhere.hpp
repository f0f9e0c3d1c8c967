// Addresses that a registry names and that are not its own.
#pragma once
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>
#include <optional>
#include <string>

namespace lapstrake::registry {

// How near an address may be that the server `server` names: at most `usual`, unless the server is itself an address
// that is as near, or was met in a private network (`peer`). A metadata service never.
// `usual` is private_network for redirects of reads: registries in private networks, known by their names, keep blobs
// in storage that they know by its address; such a read carries no secret, and what comes is held against a digest.
http::AddressKind max_kind_named_by(const http::Url& server, std::optional<http::AddressKind> peer,
                                    http::AddressKind usual);

// Error{access} when the URL `place`, which the registry `host` names, shows an address that is nearer than that.
void refuse_address_literal(const http::Url& place, http::AddressKind max_address_kind, const std::string& host);

}  // namespace lapstrake::registry
