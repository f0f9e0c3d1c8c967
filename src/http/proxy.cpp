#include "proxy.hpp"

#include <algorithm>
#include <initializer_list>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/address.hpp>
#include <utility>

namespace lapstrake::http {
namespace {

using Names = std::initializer_list<std::string_view>;

// The first variable that is set, with its name; an empty value means: no proxy.
std::pair<std::string_view, std::string> first_set(const Environment& environment, Names names) {
  for (const auto name : names)
    if (auto value = environment(name)) return {name, std::string(trim(*value))};
  return {};
}

bool is_cgi(const Environment& environment) { return !environment("REQUEST_METHOD").value_or("").empty(); }

[[noreturn]] void refuse_proxy(std::string_view variable, std::string_view why) {
  throw Error(
      ErrorKind::usage, cat("invalid proxy in ", variable, ": ", why),
      cat("set ", variable, " to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with the characters @ : / # ",
          "? % of the login encoded as %40 %3A %2F %23 %3F %25"));
}

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

std::string scheme_of(std::string_view text, std::string_view variable) {
  static constexpr std::string_view known[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  const auto end = text.find("://");
  if (end == text.npos) return "http";
  auto scheme = lower(text.substr(0, end));
  if (scheme == "socks") scheme = "socks4";  // as libcurl reads it
  if (std::find(std::begin(known), std::end(known), scheme) == std::end(known))
    refuse_proxy(variable, "unsupported scheme; use http, https, socks4, socks4a, socks5 or socks5h");
  return scheme;
}

// The host and the port ("HOST", "HOST:PORT"), checked by the rules for URLs.
std::string checked_host(std::string_view text, std::string_view variable) {
  try {
    const auto url = parse_url(cat("http://", text));
    const auto colon = text.find(':', text.starts_with('[') ? text.find(']') : 0);
    const bool has_port = colon != text.npos && colon + 1 < text.size();
    return has_port ? cat(url.host, ":", url.port) : url.host;
  } catch (const Error&) {
    refuse_proxy(variable, "invalid host or port");
  }
}

struct HostPort {
  std::string host;  // without brackets
  std::string port;  // empty: any
};

// "host", "host:port", "[::1]:port", "::1".
HostPort split_port(std::string_view text) {
  const auto colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  const bool has_port =
      colon != text.npos && (bracketed ? colon > 0 && text[colon - 1] == ']' : text.find(':') == colon);
  HostPort host_port{std::string(text.substr(0, has_port ? colon : text.npos)),
                     has_port ? std::string(text.substr(colon + 1)) : std::string()};
  if (host_port.host.starts_with('[') && host_port.host.ends_with(']'))
    host_port.host = host_port.host.substr(1, host_port.host.size() - 2);
  while (host_port.host.size() > 1 && host_port.host.ends_with('.')) host_port.host.pop_back();
  return host_port;
}

bool matches_domain(std::string_view pattern, std::string_view host) {
  if (pattern.starts_with("*.")) pattern.remove_prefix(1);
  if (pattern.starts_with('.')) return host.size() > pattern.size() && host.ends_with(pattern);
  return host == pattern || (host.ends_with(pattern) && host[host.size() - pattern.size() - 1] == '.');
}

bool matches(std::string_view entry, const HostPort& asked) {
  if (entry == "*") return true;
  const auto address = parse_address(asked.host);
  if (const auto slash = entry.find('/'); slash != entry.npos) {
    const auto network = parse_address(entry.substr(0, slash));
    const auto bits = parse_integer(entry.substr(slash + 1));
    return address && network && bits && *bits >= 0 && is_in_network(*address, *network, static_cast<unsigned>(*bits));
  }
  const auto host_port = split_port(entry);
  if (host_port.host.empty() || (!host_port.port.empty() && host_port.port != asked.port)) return false;
  if (const auto named = parse_address(host_port.host)) return address == named;
  return !address && matches_domain(host_port.host, asked.host);
}

}  // namespace

bool is_excepted(std::string_view no_proxy, const Url& url) {
  HostPort asked = split_port(url.host);
  asked.port = cat(url.port);
  auto list = lower(no_proxy);
  std::replace_if(
      list.begin(), list.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }, ',');
  const auto entries = split(list, ',');
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return matches(entry, asked); });
}

Proxy parse_proxy(std::string_view text, std::string_view variable) {
  if (!is_clean(text)) refuse_proxy(variable, "it contains white space or a control character");
  const auto scheme = scheme_of(text, variable);
  if (const auto start = text.find("://"); start != text.npos) text.remove_prefix(start + 3);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  if (text.find('@', end) != text.npos) refuse_proxy(variable, "the login contains an unencoded `/`, `?` or `#`");
  text = text.substr(0, end);
  Proxy proxy;
  const auto at = text.rfind('@');
  const bool has_login = at != text.npos;
  if (has_login) {
    const auto login = text.substr(0, at);
    const auto colon = std::min(login.find(':'), login.size());
    proxy.username = percent_decode(login.substr(0, colon));
    proxy.password = colon < login.size() ? percent_decode(login.substr(colon + 1)) : "";
    if (!is_clean(proxy.username) || proxy.password.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
      refuse_proxy(variable, "the login contains a control character");
    text.remove_prefix(at + 1);
  }
  const auto host = checked_host(text, variable);
  proxy.address = cat(scheme, "://", host);
  proxy.shown = cat(scheme, "://", has_login ? "REDACTED@" : "", host);
  return proxy;
}

std::vector<std::string> proxies_of(const Environment& environment) {
  std::vector<std::string> all;
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    if (environment)
      if (auto address = environment(name)) all.push_back(std::move(*address));
  return all;
}

Proxy proxy_for(const Environment& environment, const Url& url) {
  if (is_loopback(url.host) || !environment) return {};
  std::pair<std::string_view, std::string> found;
  if (url.scheme == "https")
    found = first_set(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  else if (is_cgi(environment))
    found = first_set(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
  else
    found = first_set(environment, {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
  if (found.second.empty() || is_excepted(first_set(environment, {"no_proxy", "NO_PROXY"}).second, url)) return {};
  return parse_proxy(found.second, found.first);
}

}  // namespace lapstrake::http
