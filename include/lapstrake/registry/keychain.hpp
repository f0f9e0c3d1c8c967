// Who logs in where. Secrets are bound to a registry host; `registry` asks, others answer.
#pragma once
#include <functional>
#include <lapstrake/base/world.hpp>
#include <optional>
#include <string>

namespace lapstrake::registry {

struct Login {
  std::string username = {}, password = {};
  bool identity_token = false;  // `password` is an OAuth2 refresh token (docker's "<token>" user)
  bool registry_token = false;  // `password` is a bearer token for the registry itself (docker's "registrytoken")
  bool preemptive = false;      // send Basic at once, without waiting for a challenge (ECR)
  std::string source = {};      // "docker's config.json", "ECR token of arn:...": for -v
};

// `renew`: the last login given was refused or has expired; a cache must not answer. Nothing: go on anonymously.
using Keychain = std::function<std::optional<Login>(const std::string& host, bool renew)>;

// Asks, in this order: REGISTRY_AUTH_FILE, DOCKER_AUTH_CONFIG (the JSON itself), docker's config.json ($DOCKER_CONFIG,
// ~/.docker), podman's auth.json
// ($XDG_RUNTIME_DIR/containers, $XDG_CONFIG_HOME/containers); in each credHelpers, credsStore, auths. Helpers are run
// without a shell, names match [A-Za-z0-9._-]+, 30 s, 64 KiB at most. `repository` ("team/web") picks podman's logins
// by namespace. Error{access} for a file or a helper that cannot be used.
Keychain docker_keychain(const World& world, std::string repository = {});

}  // namespace lapstrake::registry
