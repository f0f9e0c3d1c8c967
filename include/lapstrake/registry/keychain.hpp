// Looks up logins. A login is bound to a registry host: `registry` calls the Keychain, other rooms provide it.
#pragma once
#include <functional>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/registry/login.hpp>
#include <optional>
#include <string>

namespace lapstrake::registry {

// `renew`: the last login was rejected or has expired, so a cache must not answer. Nothing: continue without a login.
using Keychain = std::function<std::optional<Login>(const std::string& host, bool renew)>;

// Reads, in this order: REGISTRY_AUTH_FILE, DOCKER_AUTH_CONFIG (the JSON itself), docker's config.json ($DOCKER_CONFIG,
// ~/.docker), podman's auth.json
// ($XDG_RUNTIME_DIR/containers, $XDG_CONFIG_HOME/containers); in each credHelpers, credsStore, auths. Helpers are run
// without a shell, names match [A-Za-z0-9._-]+, 30 s, 64 KiB at most. `repository` ("team/web") picks podman's logins
// by namespace. Error{access} for a file or a helper that fails.
Keychain docker_keychain(const Runtime& runtime, std::string repository = {});

}  // namespace lapstrake::registry
