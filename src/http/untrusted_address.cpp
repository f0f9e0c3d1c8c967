#include <lapstrake/http/untrusted_address.hpp>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::http {

AddressKind max_kind_named_by(const Url& server, std::optional<AddressKind> peer, AddressKind usual) {
  const auto own = std::min(kind_of_host(server.host).value_or(AddressKind::global), AddressKind::loopback);
  const bool is_private = peer == AddressKind::private_network;
  return std::max({usual, own, is_private ? AddressKind::private_network : AddressKind::global});
}

void check_address_literal(const Url& url, AddressKind max_address_kind, const std::string& host) {
  const auto kind = kind_of_host(url.host);
  if (!kind || *kind <= max_address_kind) return;
  throw Error(ErrorKind::access,
              cat("refusing to connect to `", url.origin(), "`, ", name_of(*kind), " that `", host, "` named"),
              "configure the registry to name its servers by host name");
}

}  // namespace lapstrake::http
