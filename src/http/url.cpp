#include <arpa/inet.h>

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/url.hpp>
#include <vector>

namespace lapstrake::http {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

[[noreturn]] void refuse_url(std::string_view text, std::string_view why) {
  const auto shown = text.substr(0, text.find('?'));
  const auto safe = shown.find('@') == shown.npos ? printable(shown, 256) : "(URL with a user name)";
  throw Error(ErrorKind::network, cat("invalid URL `", safe, "`: ", why));
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "http" ? 80 : 443; }

// The scheme in front of ":", if there is one (RFC 3986 3.1).
std::string_view scheme_of(std::string_view text) {
  const auto colon = text.find_first_of(":/?#");
  if (colon == text.npos || colon == 0 || text[colon] != ':') return {};
  const auto scheme = text.substr(0, colon);
  if (letters.find(scheme[0]) == letters.npos) return {};
  for (const char c : scheme)
    if (letters.find(c) == letters.npos && digits.find(c) == digits.npos && c != '+' && c != '-' && c != '.') return {};
  return scheme;
}

void check_bytes(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\')
      refuse_url(text, "it contains a space, a backslash or a control byte");
}

// Encodes bytes beyond ASCII as %XX and keeps all others.
std::string for_the_wire(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '<' && c != '>')
      out += c;
    else
      out += percent_encode({&c, 1});
  }
  return out;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    in6_addr ignored{};
    return host.ends_with(']') &&
           inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &ignored) == 1;
  }
  for (const char c : host)
    if (letters.find(c) == letters.npos && digits.find(c) == digits.npos && c != '.' && c != '-' && c != '_')
      return false;
  return !host.empty();
}

// `rest` is what follows "scheme://".
Url parse_rest(std::string scheme, std::string_view rest, std::string_view whole) {
  Url url{.scheme = std::move(scheme), .host = {}, .port = 0, .path = "/", .query = {}};
  rest = rest.substr(0, rest.find('#'));
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != authority.npos) refuse_url(whole, "it must not contain a user name");
  const auto colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  url.host = lower(authority.substr(0, colon));
  if (!is_host(url.host)) refuse_url(whole, "invalid host");
  url.port = default_port(url.scheme);
  if (colon != authority.npos && colon + 1 < authority.size()) {
    const auto port = parse_integer(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) refuse_url(whole, "invalid port");
    url.port = static_cast<std::uint16_t>(*port);
  }
  const auto question = rest.find('?');
  if (question != rest.npos) url.query = for_the_wire(rest.substr(question + 1));
  if (const auto path = rest.substr(0, question); !path.empty()) url.path = for_the_wire(path);
  return url;
}

// RFC 3986 5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string> kept;
  const auto parts = split(path.substr(1), '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (parts[i] == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (parts[i] != ".") {
      kept.push_back(parts[i]);
      continue;
    }
    if (last) kept.emplace_back();
  }
  return cat("/", join(kept, "/"));
}

}  // namespace

std::string Url::authority() const { return port == default_port(scheme) ? host : cat(host, ":", port); }

std::string Url::origin() const { return cat(scheme, "://", host, ":", port); }

std::string Url::text() const { return cat(scheme, "://", authority(), path, query.empty() ? "" : "?", query); }

Url parse_url(std::string_view text) {
  check_bytes(text);
  const auto scheme = lower(scheme_of(text));
  if (scheme != "http" && scheme != "https") refuse_url(text, "only http:// and https:// are supported");
  const auto rest = text.substr(scheme.size() + 1);
  if (!rest.starts_with("//")) refuse_url(text, "missing host");
  return parse_rest(scheme, rest.substr(2), text);
}

Url resolve(const Url& base, std::string_view location) {
  if (!scheme_of(location).empty()) {
    Url url = parse_url(location);
    url.path = without_dots(url.path);
    return url;
  }
  check_bytes(location);
  location = location.substr(0, location.find('#'));
  if (location.starts_with("//")) {
    Url url = parse_rest(base.scheme, location.substr(2), location);
    url.path = without_dots(url.path);
    return url;
  }
  Url url = base;
  if (location.empty()) return url;
  const auto question = location.find('?');
  const auto path = location.substr(0, question);
  url.query = question == location.npos ? "" : for_the_wire(location.substr(question + 1));
  if (path.starts_with('/'))
    url.path = without_dots(for_the_wire(path));
  else if (!path.empty())
    url.path = without_dots(cat(base.path.substr(0, base.path.rfind('/') + 1), for_the_wire(path)));
  return url;
}

Url with_query(Url url, std::string_view name, std::string_view value) {
  url.query +=
      cat(url.query.empty() || url.query.ends_with('&') ? "" : "&", percent_encode(name), "=", percent_encode(value));
  return url;
}

std::string redacted(const Url& url) {
  std::vector<std::string> fields;
  if (!url.query.empty()) fields = split(url.query, '&');
  for (auto& field : fields) {
    const auto equals = field.find('=');
    field = equals == field.npos ? "REDACTED" : cat(field.substr(0, equals), "=REDACTED");
  }
  return cat(url.scheme, "://", url.authority(), url.path, fields.empty() ? "" : "?", join(fields, "&"));
}

bool is_loopback(std::string_view host) {
  auto name = lower(host);
  if (name.ends_with('.')) name.pop_back();
  if (name == "localhost" || name.ends_with(".localhost") || name == "::1" || name == "[::1]") return true;
  in_addr address{};
  return inet_pton(AF_INET, name.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace lapstrake::http
