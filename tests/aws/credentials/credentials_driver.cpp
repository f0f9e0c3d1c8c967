// Resolves credentials as the program does, for credentials_peer.py.
//   credentials_driver CONTAINER < LINES   an object a line: {"environment": {...}, "profile": null or "NAME"}; what
//   was
//                                          found, as an object a line. CONTAINER: "HOST:PORT" in place of 169.254.170.2
#include <iostream>
#include <lapstrake/aws/credentials/find.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <nlohmann/json.hpp>

using namespace lapstrake;
using nlohmann::json;

namespace {

const char* name_of(aws::CredentialSource source) {
  switch (source) {
    case aws::CredentialSource::environment: return "environment";
    case aws::CredentialSource::web_identity: return "web_identity";
    case aws::CredentialSource::keys: return "keys";
    case aws::CredentialSource::role: return "role";
    case aws::CredentialSource::sso: return "sso";
    case aws::CredentialSource::process: return "process";
    case aws::CredentialSource::container: return "container";
    case aws::CredentialSource::instance: break;
  }
  return "instance";
}

http::Transport with_container(http::Transport inner, const std::string& address) {
  const auto there = http::parse_url(cat("http://", address));
  return [=](http::Request request) {
    if (request.url.host == "169.254.170.2") {
      request.url.host = there.host;
      request.url.port = there.port;
    }
    return inner(request);
  };
}

json resolved(const json& asked, const std::string& container) {
  Runtime runtime = process_runtime();
  runtime.environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = asked["environment"].find(name);
    return found == asked["environment"].end() ? std::nullopt : std::optional(found->get<std::string>());
  };
  std::optional<std::string> profile;
  if (asked["profile"].is_string()) profile = asked["profile"].get<std::string>();
  const auto curl = http::curl_transport({.user_agent = "lapstrake-test", .runtime = runtime});
  try {
    const auto found = aws::find_credentials(
        {.runtime = runtime, .transport = with_container(curl, container), .profile = profile, .region = {}});
    json out{{"id", found.access_key_id},
             {"secret", found.secret_access_key},
             {"token", found.session_token},
             {"kind", name_of(found.kind)},
             {"source", found.source}};
    if (found.expires) out["expires"] = std::chrono::system_clock::to_time_t(*found.expires);
    return out;
  } catch (const Error& error) {
    return {{"refused", error.summary()}, {"told", report(error)}};
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << resolved(json::parse(line), words[1]).dump() << std::endl;
  return 0;
}
