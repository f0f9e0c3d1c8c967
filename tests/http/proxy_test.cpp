#include "../../src/http/proxy.hpp"

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
  }));
  CHECK(proxy_for(environment, parse_url(url)).address == address);
  CHECK(proxy_for(environment, parse_url("https://h/")).exceptions == "x");
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

TEST_CASE("a proxy's login is not shown") {
  CHECK(without_login("http://user:se@cret@proxy:3128") == "http://REDACTED@proxy:3128");
  CHECK(without_login("user:secret@proxy:3128") == "REDACTED@proxy:3128");
  CHECK(without_login("http://proxy:3128") == "http://proxy:3128");
}
