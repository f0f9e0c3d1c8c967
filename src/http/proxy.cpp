#include "proxy.hpp"

#include <lapstrake/base/text.hpp>

namespace lapstrake::http {
namespace {

std::string either(const Environment& environment, std::string_view first, std::string_view second) {
  if (!environment) return {};
  if (auto value = environment(first)) return *value;
  return environment(second).value_or("");
}

}  // namespace

Proxy proxy_for(const Environment& environment, const Url& url) {
  if (is_loopback(url.host)) return {};
  Proxy proxy;
  if (url.scheme == "https")
    proxy.address = either(environment, "https_proxy", "HTTPS_PROXY");
  else
    proxy.address =
        either(environment, "http_proxy", either(environment, "REQUEST_METHOD", "").empty() ? "HTTP_PROXY" : "");
  proxy.exceptions = either(environment, "no_proxy", "NO_PROXY");
  return proxy;
}

std::string without_login(const std::string& proxy) {
  const auto at = proxy.rfind('@');
  if (at == proxy.npos) return proxy;
  const auto scheme = proxy.find("://");
  return cat(scheme == proxy.npos ? "" : proxy.substr(0, scheme + 3), "REDACTED", proxy.substr(at));
}

}  // namespace lapstrake::http
