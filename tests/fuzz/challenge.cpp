// WWW-Authenticate: nothing throws, nothing is made up, and what was read and written is read as the same; a realm with
// a login is on the registry's own host.
#include "../../registry/challenge.hpp"

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

std::string in_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return out + '"';
}

std::string written(const std::vector<Challenge>& challenges) {
  std::vector<std::string> parts;
  for (const auto& [scheme, parameters] : challenges) {
    std::vector<std::string> pairs;
    for (const auto& [name, value] : parameters) pairs.push_back(cat(name, "=", in_quotes(value)));
    parts.push_back(cat(scheme, " ", join(pairs, ",")));
  }
  return join(parts, ", ");
}

void hold_realm(const std::string& realm) {
  const auto origin = http::parse_url("https://registry.example");
  const auto nobody = [](const std::string&, const http::Url&) { return false; };
  const auto url =
      attempt(ErrorKind::access, [&] { return checked_realm(realm, origin, "registry.example", true, nobody); });
  hold(!url || (url->scheme == "https" && url->host == "registry.example"), "a login stays with its host");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto challenges = parse_challenges(input);
  std::size_t bytes = 0;
  for (const auto& [scheme, parameters] : challenges) {
    hold(!scheme.empty() && scheme == lower(scheme), "a scheme is in lower case");
    bytes += scheme.size();
    for (const auto& [name, value] : parameters) {
      hold(!name.empty() && name == lower(name), "a parameter is in lower case");
      bytes += name.size() + 1 + value.size();
    }
  }
  hold(bytes <= size, "what is read was there");
  const auto again = parse_challenges(written(challenges));
  hold(std::ranges::equal(
           again, challenges,
           [](const auto& a, const auto& b) { return a.scheme == b.scheme && a.parameters == b.parameters; }),
       "what was written is read as the same");
  for (const auto& challenge : challenges) hold_realm(challenge.parameter("realm"));
  hold_realm(std::string(input));
  return 0;
}
