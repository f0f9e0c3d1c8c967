#include <arpa/inet.h>

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/url.hpp>
#include <vector>

#include "url_handle.hpp"

namespace lapstrake::http {
namespace {

[[noreturn]] void refuse_url(std::string_view text, std::string_view why) {
  const auto shown = text.substr(0, text.find('?'));
  const auto safe = shown.find('@') == shown.npos ? printable(shown, 256) : "(URL with a user name)";
  throw Error(ErrorKind::network, cat("invalid URL `", safe, "`: ", why));
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "http" ? 80 : 443; }

// Forms that libcurl accepts, but other parsers read in another way: "https:/host", "https:///host" and "///host" (it
// takes one to three slashes), encoded bytes in a host, backslashes, an empty user name.
void check_form(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\')
      refuse_url(text, "it contains a space, a backslash or a control byte");
  const auto colon = text.find_first_of(":/?#");
  const bool has_scheme = colon != text.npos && text[colon] == ':';
  const auto scheme = lower(text.substr(0, has_scheme ? colon : 0));
  if (has_scheme && scheme != "http" && scheme != "https") refuse_url(text, "only http:// and https:// are supported");
  const auto rest = text.substr(has_scheme ? colon + 1 : 0);
  if (!rest.starts_with("//")) {
    if (has_scheme) refuse_url(text, "missing host");
    return;
  }
  const auto authority = rest.substr(2, rest.find_first_of("/?#", 2) - 2);
  if (authority.empty()) refuse_url(text, "missing host");
  if (authority.find('@') != authority.npos) refuse_url(text, "it must not contain a user name");
  if (authority.find('%') != authority.npos) refuse_url(text, "invalid host");
}

// Sets the URL, or resolves it against the one that is set (RFC 3986 5.2).
void set_url(const UrlHandle& handle, std::string_view text, unsigned flags) {
  switch (curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(), flags | CURLU_URLENCODE)) {
    case CURLUE_OK: return;
    case CURLUE_BAD_SCHEME: refuse_url(text, "only http:// and https:// are supported");
    case CURLUE_BAD_PORT_NUMBER: refuse_url(text, "invalid port");
    case CURLUE_OUT_OF_MEMORY: throw Error(ErrorKind::internal, "out of memory");
    default: refuse_url(text, "invalid host");
  }
}

UrlHandle parsed(std::string_view text) {
  UrlHandle handle(curl_url());
  if (!handle) throw Error(ErrorKind::internal, "out of memory");
  set_url(handle, text, CURLU_PATH_AS_IS);
  return handle;
}

// Empty when the URL does not have this part.
std::string part(const UrlHandle& handle, CURLUPart name) {
  char* text = nullptr;
  if (curl_url_get(handle.get(), name, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  const CHandle<char, curl_free> owner(text);
  return text;
}

Url url_of(const UrlHandle& handle, std::string_view text) {
  Url url{.scheme = part(handle, CURLUPART_SCHEME),
          .host = lower(part(handle, CURLUPART_HOST)),
          .port = static_cast<std::uint16_t>(parse_integer(part(handle, CURLUPART_PORT)).value_or(0)),
          .path = part(handle, CURLUPART_PATH),
          .query = part(handle, CURLUPART_QUERY)};
  // libcurl would convert an international name only when it connects.
  if (url.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_[:]") != std::string::npos)
    refuse_url(text, "invalid host");
  if (url.port == 0) refuse_url(text, "invalid port");
  return url;
}

}  // namespace

std::string Url::authority() const { return port == default_port(scheme) ? host : cat(host, ":", port); }

std::string Url::origin() const { return cat(scheme, "://", host, ":", port); }

std::string Url::text() const { return cat(scheme, "://", authority(), path, query.empty() ? "" : "?", query); }

Url parse_url(std::string_view text) {
  check_form(text);
  return url_of(parsed(text), text);
}

UrlHandle url_handle(const Url& url) {
  const auto text = url.text();
  auto handle = parsed(text);
  if (url_of(handle, text).origin() != url.origin()) refuse_url(text, "invalid host");
  return handle;
}

Url resolve(const Url& base, std::string_view location) {
  check_form(location);
  if (location.empty() || location.starts_with('#')) return base;  // libcurl would drop the query
  const auto handle = parsed(base.text());
  set_url(handle, location, 0);
  return url_of(handle, location);
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
