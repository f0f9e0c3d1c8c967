// Who logs in where. Secrets are bound to a registry host; `registry` asks, others answer.
#pragma once
#include <functional>
#include <lapstrake/base/world.hpp>
#include <optional>
#include <string>

namespace lapstrake::registry {

struct Login {
  std::string username, password;
  bool identity_token = false;  // `password` is an OAuth2 refresh token (docker's "<token>" user)
  bool preemptive = false;      // send Basic at once, without waiting for a challenge (ECR)
  std::string source;           // "docker's config.json", "ECR token of arn:...": for -v
};

// `renew`: the last login given was refused or has expired; a cache must not answer. Nothing: go on anonymously.
using Keychain = std::function<std::optional<Login>(const std::string& host, bool renew)>;

// docker's config.json ($DOCKER_CONFIG, ~/.docker) and podman's auth.json (REGISTRY_AUTH_FILE, $XDG_RUNTIME_DIR/containers):
// auths, credHelpers, credsStore. Helpers are run without a shell, names match [A-Za-z0-9._-]+, 30 s, 64 KiB at most.
Keychain docker_keychain(const World& world);

}  // namespace lapstrake::registry
