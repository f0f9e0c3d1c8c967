// Selects the proxy from the environment that is passed in, so that libcurl does not read the process's own.
#pragma once
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/url.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::http {

struct Proxy {
  std::string address = {};                  // "http://proxy:3128", without its login; empty: none
  std::string username = {}, password = {};  // decoded
  std::string shown = {};                    // for messages: "http://REDACTED@proxy:3128"
};

// HTTPS_PROXY or HTTP_PROXY by the scheme of `url`, then ALL_PROXY, lower case first; none for hosts in NO_PROXY.
// HTTP_PROXY in capitals is ignored inside a CGI program, where a client's `Proxy:` header sets it (httpoxy). Loopback
// hosts are reached directly, as Go's tools do. Error{usage} that names the variable, never its value, when the value
// is not a proxy's address.
Proxy proxy_for(const Environment& environment, const Url& url);

// The values of all proxy variables that are set.
std::vector<std::string> proxies_of(const Environment& environment);

// [SCHEME://][USER[:PASSWORD]@]HOST[:PORT]: http (also without a scheme), https, socks4, socks4a, socks5, socks5h. What
// follows the port is dropped. `variable` names the source, for errors.
Proxy parse_proxy(std::string_view text, std::string_view variable);

// Whether a NO_PROXY list names the host of `url`, by the rules of Go's httpproxy: "domain" (with its subdomains),
// ".domain" and "*.domain" (only subdomains), addresses, CIDR blocks, "*"; each except a block may have ":PORT". Blanks
// separate like commas.
bool is_excepted(std::string_view no_proxy, const Url& url);

}  // namespace lapstrake::http
