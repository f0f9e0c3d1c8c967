#include "docker_config.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::registry {
namespace {

[[noreturn]] void invalid_config(const std::string& what, std::string_view why) {
  throw Error(ErrorKind::access, cat("cannot read the logins in ", what, ": ", why),
              "correct the file, or log in again");
}

std::string text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_docker_hub(std::string_view host) {
  return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
}

}  // namespace

DockerConfig parse_docker_config(std::string_view json, const std::string& what) {
  if (trim(json).empty()) return {};  // docker treats an empty file as one without logins
  nlohmann::json document;
  try {
    document = parse_json(json, what);
  } catch (const Error& error) {
    invalid_config(what, error.summary());
  }
  if (document.is_null()) return {};
  if (!document.is_object()) invalid_config(what, "it is not a JSON object");
  DockerConfig config;
  if (const auto auths = document.find("auths"); auths != document.end() && auths->is_object())
    for (const auto& [key, entry] : auths->items())
      if (entry.is_object())
        config.auths[key] = {text_member(entry, "auth"), text_member(entry, "username"), text_member(entry, "password"),
                             text_member(entry, "identitytoken"), text_member(entry, "registrytoken")};
  if (const auto helpers = document.find("credHelpers"); helpers != document.end() && helpers->is_object())
    for (const auto& [key, name] : helpers->items())
      if (name.is_string()) config.helpers[key] = name.get<std::string>();
  config.store = text_member(document, "credsStore");
  return config;
}

std::optional<std::size_t> match(std::string_view key, const std::string& host, const std::string& repository) {
  bool has_scheme = false;
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) {
      key.remove_prefix(scheme.size());
      has_scheme = true;
    }
  const auto slash = key.find('/');
  const auto key_host = lower(key.substr(0, slash));
  if (key_host != host && !(is_docker_hub(key_host) && is_docker_hub(host))) return std::nullopt;
  auto path = slash == key.npos ? std::string_view() : key.substr(slash + 1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty() || has_scheme || path == "v1" || path == "v2") return has_scheme || !path.empty() ? 0 : 1;
  if (repository != path && !repository.starts_with(cat(path, "/"))) return std::nullopt;
  return 1 + path.size();
}

std::optional<Login> login_of(const DockerConfig::Entry& entry, const std::string& key, const std::string& what) {
  Login login{.username = entry.username, .password = entry.password, .source = what};
  if (!entry.auth.empty()) {
    const auto pair = base64_decode(entry.auth);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos)
      invalid_config(what, cat("the `auth` of `", printable(key, 256), "` is not base64 of USER:PASSWORD"));
    login.username = pair->substr(0, colon);
    login.password = pair->substr(colon + 1);
    while (login.password.ends_with('\0')) login.password.pop_back();  // as docker does
  }
  if (!entry.registry_token.empty()) {
    login.password = entry.registry_token;
    login.registry_token = true;
  } else if (!entry.identity_token.empty()) {
    login.password = entry.identity_token;
    login.identity_token = true;
  } else if (login.username == "<token>") {
    login.identity_token = true;
  }
  if (login.password.empty()) return std::nullopt;
  return login;
}

}  // namespace lapstrake::registry
