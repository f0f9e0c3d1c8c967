// The hosts that a configuration of nginx connects to.
#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

struct NginxHost {
  std::string address;               // as written: "http://api:8000/v1"
  std::string host;                  // "api", in lower case
  std::size_t at = 0;                // offset of `host` in the address
  bool may_be_upstream = false;      // a name of an `upstream` block comes first
  std::size_t line = 0, column = 0;  // of the address, from 1
};
struct NginxConfig {
  std::vector<NginxHost> hosts;
  std::set<std::string> upstreams;  // names of `upstream` blocks, in lower case
};

// Of `fastcgi_pass`, `proxy_pass` and similar directives, of `server` in `upstream`, and of variables that `set` gives
// an address. Addresses that begin with a variable and Unix sockets are left out. Any text is read to its end.
NginxConfig nginx_config(std::string_view text);

}  // namespace lapstrake::app
