#include "../../src/http/proxy.hpp"

#include <lapstrake/base/error.hpp>
#include <map>
#include <tuple>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

namespace {

Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace

TEST_CASE("the proxy is the one for the address's scheme, and none for loopback") {
  const auto environment =
      environment_of({{"HTTPS_PROXY", "http://s:1"}, {"http_proxy", "http://p:2"}, {"NO_PROXY", "x"}});
  const auto [url, address] = GENERATE(table<std::string, std::string>({
      {"https://h/", "http://s:1"},
      {"http://h/", "http://p:2"},
      {"https://127.0.0.1:5000/", ""},
      {"http://localhost/", ""},
      {"https://x/", ""},
  }));
  CHECK(proxy_for(environment, parse_url(url)).address == address);
  CHECK(proxy_for(nullptr, parse_url(url)).address.empty());
}

TEST_CASE("ALL_PROXY serves the schemes that have no proxy of their own") {
  const auto [name, url, address] = GENERATE(table<std::string, std::string, std::string>({
      {"ALL_PROXY", "https://h/", "http://a:1"},
      {"all_proxy", "https://h/", "http://a:1"},
      {"ALL_PROXY", "http://h/", "http://p:2"},
      {"ALL_PROXY", "https://127.0.0.1:5000/", ""},
  }));
  const auto environment = environment_of({{name, "http://a:1"}, {"http_proxy", "http://p:2"}});
  CHECK(proxy_for(environment, parse_url(url)).address == address);
  const auto switched_off = environment_of({{name, "http://a:1"}, {"https_proxy", ""}});
  CHECK(proxy_for(switched_off, parse_url("https://h/")).address.empty());
}

TEST_CASE("a visitor of a CGI program does not choose the proxy") {
  const Url url = parse_url("http://h/");
  CHECK(proxy_for(environment_of({{"HTTP_PROXY", "http://p"}}), url).address == "http://p");
  CHECK(proxy_for(environment_of({{"HTTP_PROXY", "http://p"}, {"REQUEST_METHOD", "GET"}}), url).address.empty());
}

TEST_CASE("a proxy's address is taken apart, and its login is not shown") {
  struct Row {
    std::string text, address, username, password, shown;
  };
  const auto row = GENERATE(
      Row{"http://user:se@cret@proxy:3128", "http://proxy:3128", "user", "se@cret", "http://REDACTED@proxy:3128"},
      Row{"user:secret@proxy:3128", "http://proxy:3128", "user", "secret", "http://REDACTED@proxy:3128"},
      Row{"http://proxy:3128", "http://proxy:3128", "", "", "http://proxy:3128"},
      Row{"HTTP://Proxy", "http://proxy", "", "", "http://proxy"},
      Row{"http://proxy:3128/?key=secret", "http://proxy:3128", "", "", "http://proxy:3128"},
      Row{"socks5h://a%40b:c%2Fd@[::1]:9", "socks5h://[::1]:9", "a@b", "c/d", "socks5h://REDACTED@[::1]:9"});
  const auto proxy = parse_proxy(row.text, "HTTPS_PROXY");
  CHECK(proxy.address == row.address);
  CHECK(proxy.username == row.username);
  CHECK(proxy.password == row.password);
  CHECK(proxy.shown == row.shown);
}

TEST_CASE("a value that is no proxy's address is refused by the variable's name alone") {
  const auto value = GENERATE("socks9://joe:hush@h:1", "ftp://joe:hush@h", "gopher://hush", "http://joe:hush@",
                              "http://joe:hush@h:port", "http://joe:hush@h:99999", "http://joe:hu/sh@h:1",
                              "http://joe:12/hush@h:1", "http://joe:hu#sh@h:1", "http://joe:hu sh@h",
                              "http://hush hush", "://hush", "http://joe:hu%0ash@h", "http://[hush", "http://");
  try {
    proxy_for(environment_of({{"https_proxy", value}}), parse_url("https://registry.example/"));
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_FALSE(error.is_transient());
    CHECK_THAT(error.summary(), Contains("https_proxy"));
    CHECK_THAT(report(error), !Contains("hush") && !Contains("joe"));
  }
}

TEST_CASE("NO_PROXY is read as Go's tools read it") {
  const auto [list, host, excepted] = GENERATE(table<std::string, std::string, bool>({
      {"corp.example", "https://corp.example/", true},
      {"corp.example", "https://reg.corp.example/", true},
      {"corp.example", "https://mycorp.example/", false},
      {".corp.example", "https://reg.corp.example/", true},
      {".corp.example", "https://corp.example/", false},
      {"*.corp.example", "https://a.reg.corp.example/", true},
      {"*.corp.example", "https://corp.example/", false},
      {"*.Corp.Example", "https://REG.corp.example/", true},
      {"reg.corp.example:443", "https://reg.corp.example/", true},
      {"reg.corp.example:5000", "https://reg.corp.example/", false},
      {"reg.corp.example:5000", "https://reg.corp.example:5000/", true},
      {"*.corp.example:443", "https://reg.corp.example/", true},
      {" x.example , corp.example ", "https://corp.example/", true},
      {"x.example corp.example", "https://corp.example/", true},
      {"*", "https://anything/", true},
      {"x.example,*", "https://10.0.0.1/", true},
      {"10.0.0.0/8", "https://10.1.2.3:5000/", true},
      {"10.0.0.0/8", "https://11.1.2.3/", false},
      {"10.0.0.0/99", "https://10.1.2.3/", false},
      {"10.1.2.3", "https://10.1.2.3/", true},
      {"10.1.2.3:443", "https://10.1.2.3/", true},
      {"10.1.2.3:80", "https://10.1.2.3/", false},
      {"2.3", "https://10.1.2.3/", false},
      {"fd00::/8", "https://[fd00::1]/", true},
      {"fd00::1", "https://[fd00:0::1]/", true},
      {"[fd00::1]", "https://[fd00::1]/", true},
      {"[fd00::1]:443", "https://[fd00::1]/", true},
      {"[fd00::1]:80", "https://[fd00::1]/", false},
      {"corp.example.", "https://corp.example/", true},
      {":443", "https://corp.example/", false},
      {",,", "https://corp.example/", false},
      {"", "https://corp.example/", false},
  }));
  CAPTURE(list, host);
  CHECK(is_excepted(list, parse_url(host)) == excepted);
}
