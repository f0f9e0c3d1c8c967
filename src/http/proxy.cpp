#include "proxy.hpp"

#include <initializer_list>
#include <lapstrake/base/text.hpp>

namespace lapstrake::http {
namespace {

// The first that is set; one that is set to nothing says: no proxy.
std::string first_set(const Environment& environment, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (auto value = environment(name)) return *value;
  return {};
}

bool is_cgi(const Environment& environment) { return !environment("REQUEST_METHOD").value_or("").empty(); }

}  // namespace

Proxy proxy_for(const Environment& environment, const Url& url) {
  if (is_loopback(url.host) || !environment) return {};
  Proxy proxy;
  if (url.scheme == "https")
    proxy.address = first_set(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  else if (is_cgi(environment))
    proxy.address = first_set(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
  else
    proxy.address = first_set(environment, {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
  proxy.exceptions = first_set(environment, {"no_proxy", "NO_PROXY"});
  return proxy;
}

std::vector<std::string> proxies_of(const Environment& environment) {
  std::vector<std::string> all;
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    if (environment)
      if (auto address = environment(name)) all.push_back(std::move(*address));
  return all;
}

std::string without_login(const std::string& proxy) {
  const auto at = proxy.rfind('@');
  if (at == proxy.npos) return proxy;
  const auto scheme = proxy.find("://");
  return cat(scheme == proxy.npos ? "" : proxy.substr(0, scheme + 3), "REDACTED", proxy.substr(at));
}

}  // namespace lapstrake::http
