// Classifies addresses by how local they are (SSRF guard): one table, for connected peers and for literals in URLs.
#pragma once
#include <array>
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <optional>
#include <string_view>

namespace lapstrake::http {

// An IPv4 address is stored in its IPv4-mapped IPv6 form.
using Address = std::array<std::uint8_t, 16>;
// "10.1.2.3", "fe80::1": without brackets, zone or port, and only in the usual notation.
std::optional<Address> parse_address(std::string_view text);
// Whether the first `bits` agree; for an IPv4 network they count from the first bit of the IPv4 address. False when the
// families differ or the address is shorter than `bits`.
bool is_in_network(const Address& address, const Address& network, unsigned bits);

// From remote to local; a limit is given as the most local kind that is allowed.
enum class AddressKind {
  global,
  private_network,  // RFC 1918, RFC 6598 (carriers), fc00::/7, fec0::/10
  loopback,         // 127.0.0.0/8 and ::1; 0.0.0.0/8 and ::, which also reach this host
  link_local        // 169.254.0.0/16, fe80::/10; cloud metadata services at any address; multicast
};

// Of a sockaddr_in or sockaddr_in6. An IPv4 address embedded in an IPv6 address (NAT64, 6to4, Teredo, IPv4-compatible)
// counts as that IPv4 address; an IPv4-mapped address (::ffff:0:0/96), which no server has, and any other family count
// as link_local.
AddressKind kind_of(Bytes socket_address);

// Of a host in a URL: an address in any notation that libc reads (0x7f.1, 2852039166, [::1]), localhost, or the name of
// a metadata service. Nothing for other names.
std::optional<AddressKind> kind_of_host(std::string_view host);

// "a loopback address", for messages.
std::string_view name_of(AddressKind kind);

}  // namespace lapstrake::http
