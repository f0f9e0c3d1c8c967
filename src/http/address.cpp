#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>
#include <string>

namespace lapstrake::http {
namespace {

using Octets = Address;
using Kind = AddressKind;

struct Network {
  Octets prefix;
  unsigned bits;
  Kind kind;
};

// The first match counts.
constexpr Network ipv4_networks[] = {
    {{100, 100, 100, 200}, 32, Kind::link_local},  // Alibaba Cloud's metadata
    {{168, 63, 129, 16}, 32, Kind::link_local},    // Azure's
    {{192, 0, 0, 192}, 32, Kind::link_local},      // Oracle Cloud's old one
    {{169, 254}, 16, Kind::link_local},            // includes those of all other clouds
    {{224}, 4, Kind::link_local},                  // multicast
    {{240}, 4, Kind::link_local},                  // reserved, and broadcast
    {{0}, 8, Kind::loopback},
    {{127}, 8, Kind::loopback},
    {{10}, 8, Kind::private_network},
    {{172, 16}, 12, Kind::private_network},
    {{192, 168}, 16, Kind::private_network},
    {{100, 64}, 10, Kind::private_network},
    {{192, 0, 0}, 24, Kind::private_network},
};

constexpr Network ipv6_networks[] = {
    {{}, 128, Kind::loopback},                                                // ::
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, Kind::loopback},  // ::1
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, Kind::link_local},       // IPv4-mapped: no server has one
    {{0xfe, 0x80}, 10, Kind::link_local},
    {{0xff}, 8, Kind::link_local},                     // multicast
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, Kind::link_local},  // AWS: fd00:ec2::254, ::23
    {{0xfd, 0x20, 0x00, 0xce}, 32, Kind::link_local},  // Google Cloud: fd20:ce::254
    {{0xfd, 0x00, 0x00, 0xc1}, 32, Kind::link_local},  // Oracle Cloud: fd00:c1::a9fe:a9fe
    {{0xfd, 0x00, 0x00, 0x42}, 32, Kind::link_local},  // Scaleway: fd00:42::42
    {{0xfc}, 7, Kind::private_network},
    {{0xfe, 0xc0}, 10, Kind::private_network},  // site-local (RFC 3879)
};

// IPv6 addresses that embed an IPv4 address.
struct Embedded {
  Octets prefix;
  unsigned bits;
  std::size_t at;
  std::uint8_t mask;  // Teredo keeps its address inverted
  Kind min_kind;      // at least
};
constexpr Embedded embedded[] = {
    {{0, 0x64, 0xff, 0x9b}, 96, 12, 0, Kind::global},                 // NAT64 (RFC 6052)
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, 12, 0, Kind::private_network},  // NAT64 of one network (RFC 8215)
    {{0x20, 0x02}, 16, 2, 0, Kind::global},                           // 6to4 (RFC 3056)
    {{0x20, 0x01, 0, 0}, 32, 12, 0xff, Kind::global},                 // Teredo (RFC 4380)
    {{}, 96, 12, 0, Kind::global},                                    // IPv4-compatible (RFC 4291)
};

constexpr std::string_view metadata_names[] = {
    "metadata",      "metadata.google.internal",   "metadata.goog",
    "instance-data", "instance-data.ec2.internal", "metadata.tencentyun.com"};

constexpr Octets mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_in(const Octets& address, const Octets& prefix, unsigned bits) {
  const std::size_t whole = bits / 8;
  const unsigned rest = bits % 8;
  if (!std::equal(prefix.data(), prefix.data() + whole, address.data())) return false;
  return rest == 0 || ((address[whole] ^ prefix[whole]) >> (8 - rest)) == 0;
}

template <std::size_t count>
std::optional<Kind> looked_up(const Network (&networks)[count], const Octets& address) {
  for (const auto& network : networks)
    if (is_in(address, network.prefix, network.bits)) return network.kind;
  return std::nullopt;
}

Kind kind_of_ipv4(const Octets& address) { return looked_up(ipv4_networks, address).value_or(Kind::global); }

Kind kind_of_ipv6(const Octets& address) {
  if (const auto known = looked_up(ipv6_networks, address)) return *known;
  for (const auto& form : embedded) {
    if (!is_in(address, form.prefix, form.bits)) continue;
    Octets inner{};
    for (std::size_t i = 0; i < 4; ++i) inner[i] = address[form.at + i] ^ form.mask;
    return std::max(form.min_kind, kind_of_ipv4(inner));
  }
  return Kind::global;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const std::string own(text);
  Address address = mapped;
  if (::inet_pton(AF_INET, own.c_str(), address.data() + 12) == 1) return address;
  if (::inet_pton(AF_INET6, own.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool is_in_network(const Address& address, const Address& network, unsigned bits) {
  const bool is_ipv4 = is_in(network, mapped, 96);
  if (is_ipv4 != is_in(address, mapped, 96) || bits > (is_ipv4 ? 32 : 128)) return false;
  return is_in(address, network, bits + (is_ipv4 ? 96 : 0));
}

AddressKind kind_of(Bytes socket_address) {
  sockaddr_in four{};
  sockaddr_in6 six{};
  sa_family_t family = 0;
  if (socket_address.size() < offsetof(sockaddr, sa_family) + sizeof family) return Kind::link_local;
  std::memcpy(&family, socket_address.data() + offsetof(sockaddr, sa_family), sizeof family);
  Octets octets{};
  if (family == AF_INET && socket_address.size() >= sizeof four) {
    std::memcpy(&four, socket_address.data(), sizeof four);
    std::memcpy(octets.data(), &four.sin_addr, sizeof four.sin_addr);
    return kind_of_ipv4(octets);
  }
  if (family == AF_INET6 && socket_address.size() >= sizeof six) {
    std::memcpy(&six, socket_address.data(), sizeof six);
    std::memcpy(octets.data(), &six.sin6_addr, sizeof six.sin6_addr);
    return kind_of_ipv6(octets);
  }
  return Kind::link_local;
}

std::optional<AddressKind> kind_of_host(std::string_view host) {
  auto name = lower(host);
  while (name.ends_with('.')) name.pop_back();
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  Octets octets{};
  if (::inet_pton(AF_INET6, name.substr(0, name.find('%')).c_str(), octets.data()) == 1) return kind_of_ipv6(octets);
  in_addr four{};
  if (::inet_aton(name.c_str(), &four) != 0) {
    std::memcpy(octets.data(), &four, sizeof four);
    return kind_of_ipv4(octets);
  }
  if (is_loopback(name)) return Kind::loopback;
  if (std::find(std::begin(metadata_names), std::end(metadata_names), name) != std::end(metadata_names))
    return Kind::link_local;
  return std::nullopt;
}

std::string_view name_of(AddressKind kind) {
  switch (kind) {
    case Kind::global: return "a public address";
    case Kind::private_network: return "a private network address";
    case Kind::loopback: return "a loopback address";
    case Kind::link_local: break;
  }
  return "a link-local or metadata service address";
}

}  // namespace lapstrake::http
