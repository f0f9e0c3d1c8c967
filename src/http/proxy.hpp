// Which proxy the environment names, so that libcurl does not read the process's own behind our back.
#pragma once
#include <lapstrake/base/world.hpp>
#include <lapstrake/http/url.hpp>
#include <string>
#include <vector>

namespace lapstrake::http {

struct Proxy {
  std::string address;     // as libcurl takes it, with its login; empty: none
  std::string exceptions;  // NO_PROXY, which libcurl applies (names, suffixes, CIDR blocks)
};

// HTTPS_PROXY or HTTP_PROXY by the scheme of `url`, then ALL_PROXY, lower case first. HTTP_PROXY in capitals is not
// believed inside a CGI program, where a visitor's `Proxy:` header sets it (httpoxy). Loopback hosts are reached
// directly, as Go's tools do.
Proxy proxy_for(const Environment& environment, const Url& url);

// All that are set, whatever they are for.
std::vector<std::string> proxies_of(const Environment& environment);

// For messages: "http://REDACTED@proxy:3128" in place of "http://user:secret@proxy:3128".
std::string without_login(const std::string& proxy);

}  // namespace lapstrake::http
