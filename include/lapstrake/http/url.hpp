// http and https URLs (RFC 3986): parse, resolve, compose and redact. libcurl parses and resolves them
// (url_handle.hpp).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace lapstrake::http {

struct Url {
  std::string scheme = "https";  // lower case
  std::string host;              // lower case; an IPv6 address in brackets
  std::uint16_t port = 443;
  std::string path = "/";  // as sent, percent-encoded; starts with "/"
  std::string query;       // without "?"
  std::string text() const;
  // scheme, host and port, to which a secret is bound: "https://registry.example:5000"
  std::string origin() const;
  std::string authority() const;  // the Host header: the host, and the port unless it is the default
  bool operator==(const Url&) const = default;
};

// Error{network} for schemes other than http and https, user info, control bytes, backslashes, an empty host, a host
// with encoded or international characters. An IPv4 host in another notation (0x7f.1) becomes the usual one.
Url parse_url(std::string_view text);
// RFC 3986 5.2: `location` against `base`; the fragment is dropped, the query kept.
Url resolve(const Url& base, std::string_view location);
// Adds name=value (both encoded) with ? or &.
Url with_query(Url url, std::string_view name, std::string_view value);
// For logs: query values and user info are replaced by "REDACTED".
std::string redacted(const Url& url);
// 127.0.0.0/8, ::1 (with or without brackets), localhost and names that end in .localhost. Without a port.
bool is_loopback(std::string_view host);

}  // namespace lapstrake::http
