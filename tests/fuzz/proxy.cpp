// The proxy's address and NO_PROXY, a line each, as machines have them in their environment: a login is in no message,
// and what names a host names it in any case and order.
#include "../../src/http/proxy.hpp"

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

namespace {

void hold_proxy(std::string_view address) {
  const auto proxy = attempt(ErrorKind::usage, [&] { return parse_proxy(address, "HTTPS_PROXY"); });
  if (!proxy) return;
  const auto scheme = proxy->address.find("://");
  hold(scheme != std::string::npos && scheme > 0, "a proxy has a scheme");
  hold(proxy->address.find('@') == std::string::npos, "a proxy's address has no login");
  hold(is_for_terminals(proxy->shown), "a proxy can be told to a person");
  hold(proxy->username.find_first_of("\r\n") == std::string::npos &&
           proxy->password.find_first_of("\r\n") == std::string::npos,
       "a login stays in its line");
  const auto again = parse_proxy(proxy->address, "HTTPS_PROXY");
  hold(again.address == proxy->address && again.username.empty(), "a proxy's address is read as the same");
}

// The message of a failure holds nothing of what was written.
void hold_silence(std::string_view part) {
  constexpr std::string_view password = "hunter2horse";
  if (part.find(password) != part.npos) return;  // it may be a host as well
  const auto address = cat("http://user:", password, "@", part);
  try {
    const auto proxy = parse_proxy(address, "HTTPS_PROXY");
    hold(proxy.shown.find(password) == std::string::npos, "no password is shown");
  } catch (const Error& error) {
    hold(report(error).find(password) == std::string::npos, "no message holds a password");
  }
}

void hold_exceptions(std::string_view no_proxy) {
  for (const auto* address : {"https://registry.example", "http://10.1.2.3:5000/", "https://[fd00::1]:8443/"}) {
    const auto url = parse_url(address);
    const bool is_named = is_excepted(no_proxy, url);
    hold(is_excepted(lower(no_proxy), url) == is_named, "a host is the same in any case");
    auto entries = split(no_proxy, ',');
    std::ranges::reverse(entries);
    hold(is_excepted(join(entries, ","), url) == is_named, "exceptions are the same in any order");
    hold(!is_named || is_excepted(cat(no_proxy, ",other.example"), url), "an exception more takes none away");
    hold(is_excepted(cat(no_proxy, ",*"), url), "* is everybody");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto end = std::min(input.find('\n'), input.size());
  hold_proxy(input.substr(0, end));
  hold_silence(input.substr(0, end));
  hold_exceptions(end < size ? input.substr(end + 1) : input);
  return 0;
}
