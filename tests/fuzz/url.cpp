// Addresses that servers send (Location, Link, realms) and people write: what is read is written as the same, what a
// name leads to is known before it is asked, and an address that is none is refused in words.
#include <netdb.h>
#include <sys/socket.h>

#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

namespace {

// What libc makes of a host without asking a server, as libcurl does.
std::optional<AddressKind> kind_by_libc(const std::string& host) {
  const bool has_brackets = host.starts_with('[');
  const auto name = has_brackets ? host.substr(1, host.size() - 2) : host;
  addrinfo hints{}, *found = nullptr;
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  const auto kind = kind_of(Bytes(reinterpret_cast<const std::byte*>(found->ai_addr), found->ai_addrlen));
  ::freeaddrinfo(found);
  return kind;
}

void hold_form(const Url& url) {
  hold(url.scheme == "http" || url.scheme == "https", "a scheme is one of HTTP's");
  hold(!url.host.empty() && url.host == lower(url.host), "a host is in lower case");
  hold(url.host.find_first_of("@/?#\\ ") == std::string::npos, "a host is a host alone");
  hold(url.port != 0 && url.path.starts_with('/'), "an address has a port and a path");
  const auto on_the_wire = url.path + url.query;
  hold(std::ranges::all_of(on_the_wire, [](char c) { return c > ' ' && c < '\x7f'; }), "the wire sees ASCII alone");
  hold(parse_url(url.text()) == url, "an address that is written is read as the same");
  hold(parse_url(url.origin()).origin() == url.origin(), "an origin is one to itself");
  hold(is_for_terminals(redacted(url)), "an address can be told to a person");
  if (const auto kind = kind_by_libc(url.host))
    hold(kind_of_host(url.host) == kind, "it is known what an address leads to");
  if (is_loopback(url.host)) hold(kind_of_host(url.host) == AddressKind::loopback, "this host is this host");
}

void hold_resolved(const Url& base, std::string_view location) {
  const auto url = attempt(ErrorKind::network, [&] { return resolve(base, location); });
  if (!url) return;
  hold_form(*url);
  hold(url->path.find("/../") == std::string::npos && !url->path.ends_with("/.."), "no dots are left in a path");
  const auto colon = location.find(':');
  const bool may_leave = location.starts_with("//") || colon != std::string_view::npos;
  hold(may_leave || url->origin() == base.origin(), "what names no host stays where it is");
  const auto again = resolve(base, url->text());
  hold(again == *url, "an address that was resolved is resolved as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  if (const auto url = attempt(ErrorKind::network, [&] { return parse_url(input); })) hold_form(*url);
  for (const auto* base : {"https://registry.example/v2/team/web/blobs/uploads/1?_state=a", "http://[::1]:5000"})
    hold_resolved(parse_url(base), input);
  return 0;
}
