// Which addresses a server may send us to: one table, for connected addresses and for those that are written in URLs.
#pragma once
#include <array>
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <optional>
#include <string_view>

namespace lapstrake::http {

// An IPv4 address is kept as one that is mapped into IPv6.
using Address = std::array<std::uint8_t, 16>;
// "10.1.2.3", "fe80::1": without brackets, zone or port, in the usual form alone.
std::optional<Address> parse_address(std::string_view text);
// Whether the first `bits` agree; those of an IPv4 network are counted from its own first. False where the families
// differ, or where there are not that many bits.
bool is_in_network(const Address& address, const Address& network, unsigned bits);

// From far to near; what may be asked for is told as the nearest kind that is allowed.
enum class AddressKind {
  global,
  private_network,  // RFC 1918, RFC 6598 (carriers), fc00::/7, fec0::/10
  loopback,         // 127.0.0.0/8 and ::1; 0.0.0.0/8 and ::, which lead to this host as well
  link_local        // 169.254.0.0/16, fe80::/10; the metadata services of clouds, wherever they are; multicast
};

// Of a sockaddr_in or sockaddr_in6. An IPv4 address inside of an IPv6 one (NAT64, 6to4, Teredo, IPv4-compatible) counts
// as itself; a mapped one (::ffff:0:0/96), which no server has, and all else counts as link_local.
AddressKind kind_of(Bytes socket_address);

// Of a host as it stands in a URL: an address in any form that libc reads (0x7f.1, 2852039166, [::1]), localhost, or
// the name of a metadata service. Nothing for other names.
std::optional<AddressKind> kind_of_host(std::string_view host);

// "a loopback address", for messages.
std::string_view name_of(AddressKind kind);

}  // namespace lapstrake::http
