#include "elsewhere.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::registry {
namespace {

using Octets = std::array<unsigned char, 16>;

bool is_private_ipv4(const unsigned char* octets) {
  return octets[0] == 10 || (octets[0] == 172 && (octets[1] & 0xf0) == 16) || (octets[0] == 192 && octets[1] == 168) ||
         (octets[0] == 100 && (octets[1] & 0xc0) == 64);
}

bool is_private_ipv6(const Octets& octets) {
  static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
  if ((octets[0] & 0xfe) == 0xfc) return true;
  if (std::memcmp(octets.data(), mapped, 12) == 0 || std::memcmp(octets.data(), nat64, 12) == 0)
    return is_private_ipv4(octets.data() + 12);
  return octets[0] == 0x20 && octets[1] == 0x02 && is_private_ipv4(octets.data() + 2);
}

}  // namespace

bool is_private_literal(std::string_view host) {
  Octets octets{};
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string inner(host.substr(1, host.size() - 2));
    return ::inet_pton(AF_INET6, inner.c_str(), octets.data()) == 1 && is_private_ipv6(octets);
  }
  in_addr four{};
  if (::inet_aton(std::string(host).c_str(), &four) == 0) return false;
  std::memcpy(octets.data(), &four, sizeof four);
  return is_private_ipv4(octets.data());
}

void refuse_private_literal(const http::Url& place, const http::Url& origin, const std::string& host) {
  if (!is_private_literal(place.host) || is_private_literal(origin.host) || http::is_loopback(origin.host)) return;
  throw Error(Fault::access, cat("`", host, "` names `", place.origin(), "`, an address of a private network"),
              "such addresses are not followed: let the registry name its servers by their host names");
}

}  // namespace lapstrake::registry
