// Addresses that a registry names and that are not its own.
#pragma once
#include <lapstrake/http/url.hpp>
#include <string>
#include <string_view>

namespace lapstrake::registry {

// Whether the host is an address, in any of the forms that libc reads (also 0x0a000001, 167772161), of a private
// network: RFC 1918, RFC 6598, fc00::/7, and those inside of IPv6.
bool is_private_literal(std::string_view host);

// Error{access} when `place` is such an address, while the registry `host`, spoken to at `origin`, is elsewhere: what
// is behind our own walls is not for it to name. Redirects of reads are exempt: registries in private networks, known
// by their names, keep blobs in storage that they know by its address; such a read carries no secret, and what comes is
// held against a digest.
void refuse_private_literal(const http::Url& place, const http::Url& origin, const std::string& host);

}  // namespace lapstrake::registry
