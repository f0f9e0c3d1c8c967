// docker's config.json and podman's auth.json: each login is one that the file has, for a host that its key names, and
// no secret of it is in a message.
#include "../../registry/docker_config.hpp"

#include <lapstrake/base/encoding.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

// As `attempt`, for the login of an entry.
std::optional<Login> login(const DockerConfig::Entry& entry) try {
  return login_of(entry, "a key", "a file");
} catch (const Error& error) {
  hold(error.kind() == ErrorKind::access, "a login that cannot be read is one of access");
  hold(report(error).find(entry.auth) == std::string::npos || entry.auth.size() < 16, "no message holds a secret");
  return std::nullopt;
}

void hold_login(const DockerConfig::Entry& entry) {
  const auto found = login(entry);
  if (!found) return;
  hold(!found->password.empty(), "a login has a password");
  if (!entry.identity_token.empty()) {
    hold(found->identity_token && found->password == entry.identity_token, "a token comes before a password");
  } else if (entry.auth.empty()) {
    hold(found->username == entry.username && found->password == entry.password, "a login is the entry's own");
  } else {
    hold(found->username.find(':') == std::string::npos, "a user name ends at the first colon");
    const auto pair = base64_decode(entry.auth);
    hold(pair && pair->starts_with(cat(found->username, ":", found->password)), "a login is the entry's own");
  }
}

void hold_match(std::string_view key) {
  for (const std::string host : {"registry.example", "registry.example:5000", "localhost"}) {
    const auto weight = match(key, host, "team/web");
    hold(!weight || lower(key).find(host) != std::string::npos, "a key that stands for a host names it");
    hold(!weight || *weight <= 1 + std::string_view("team/web").size(), "no key stands for more than a repository");
    const auto other = match(key, cat("x", host), "team/web");
    hold(!(weight && other), "a key stands for one host");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  hold_match(input);
  const auto config = attempt(ErrorKind::access, [&] { return parse_docker_config(input, "a file"); });
  if (!config) return 0;
  for (const auto& [key, entry] : config->auths) {
    hold_match(key);
    hold_login(entry);
  }
  return 0;
}
